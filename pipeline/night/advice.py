"""What a person should do after a night: concrete, the most urgent first.

Here: a pure function of the account. Each piece of advice says what, why and with which command;
a night after which nothing needs doing says so by saying nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.night.account import Account, Advice

#: what a full disk, a disk that is only read and the like say of themselves
DISK = ("No space left", "Disk quota", "is the disk full")
READ_ONLY = ("Read-only file system", "readonly database")
NAMED_FIRST = 3


def of(account: Account) -> tuple[Advice, ...]:
    """All advice, in order of urgency."""
    return tuple(
        advice
        for part in (
            failure,
            damage,
            gate,
            gone,
            sources,
            clock,
            quarantine,
            breaks,
            given_up,
            hooks,
        )
        for advice in part(account)
    )


def failure(account: Account) -> Iterator[Advice]:
    """What keeps a night from ending well."""
    if account.outcome == "interrupted":
        yield Advice(
            "本夜未结束（进程被终止或断电）。再运行一次即可，已读结果会沿用。",
            "The night did not end (killed, or no power). Run it again: what was read is used.",
            "yusuan nightly",
        )
    if account.failure is None:
        return
    said, step = account.failure.error, account.failure.step
    if any(word in said for word in DISK):
        yield Advice(
            f"磁盘已满（步骤 {step}）。腾出空间后再运行。",
            f"The disk is full (step {step}). Make room, then run again.",
            "yusuan tidy --dry-run",
        )
    elif any(word in said for word in READ_ONLY):
        yield Advice(
            f"磁盘只读（步骤 {step}）。检查挂载与硬盘后再运行。",
            f"The disk is read only (step {step}). Look at the mount and the disk, then run again.",
            "dmesg | tail",
        )
    elif step == "outside":
        yield Advice(
            "本夜被外部终止。再运行一次即可，已读结果会沿用。",
            "The night was ended from outside. Run it again: what was read is used.",
            "yusuan nightly",
        )
    elif step == "distributed_release":
        yield Advice(
            f"本地版本 {account.version} 已完成，分发失败：{said}",
            f"Release {account.version} stands here; distributing it failed: {said}",
            "yusuan publish --verify",
        )
    else:
        yield Advice(
            f"步骤 {step} 失败：{said}。上一版本未受影响；修复后再运行。",
            f"Step {step} failed: {said}. The last release stands; mend the cause, run again.",
            "yusuan nightly",
        )


def damage(account: Account) -> Iterator[Advice]:
    """A release that is not what was published any more."""
    if account.stood_back:
        yield Advice(
            f"已发布版本在磁盘上损坏：{account.stood_back}。检查磁盘，并从镜像恢复该版本。",
            f"A published release was damaged on disk: {account.stood_back}. Look at the disk, and "
            "restore that release from where it was distributed to.",
            "sha256sum -c SHA256SUMS",
        )


def gate(account: Account) -> Iterator[Advice]:
    """Rules that stopped the export."""
    for stop in account.stops:
        where = "; ".join(stop.first)
        yield Advice(
            f"规则 {stop.rule_id} 阻止发布：{stop.zh}（{stop.violations} 处）。{where}",
            f"Rule {stop.rule_id} stops the export: {stop.en} ({stop.violations:,}). {where}",
            "work/quality/index.html",
        )


def gone(account: Account) -> Iterator[Advice]:
    """Documents that are simply not there any more."""
    names = [m.source_name for m in account.came.moved if m.what == "gone"]
    if number := account.came.counts.get("gone", 0):
        first = listed(names)
        yield Advice(
            f"{number} 份文件不在原始目录中（{first}）。放回，或在 manifest.csv 中注明撤回及原因。",
            f"{number:,} documents are not in the raw folder any more ({first}). Put them back, or "
            "withdraw them in manifest.csv with the reason.",
        )


def sources(account: Account) -> Iterator[Advice]:
    """Portals that could not be read, or refuse documents."""
    for source in account.sources:
        why = ", ".join(f"{reason} {number}" for reason, number in source.refused.items())
        if not source.complete:
            yield Advice(
                f"来源 {source.source_id} 的列表未能读完（{why}）。",
                f"The lists of source {source.source_id} could not all be read ({why}).",
                f"yusuan fetch --only {source.source_id}",
            )
        elif source.refused:
            yield Advice(
                f"来源 {source.source_id} 有文件未取得（{why}）。",
                f"Source {source.source_id} gave no document for some links ({why}).",
                f"yusuan fetch --only {source.source_id}",
            )


def clock(account: Account) -> Iterator[Advice]:
    """A version that is dated after today: the clock jumped."""
    if account.version and account.today:
        day = ".".join(account.version.split(".")[:3])
        if day > account.today:
            yield Advice(
                f"版本 {account.version} 的日期晚于今天（{account.today}）：检查系统时钟。",
                f"Release {account.version} is dated after today ({account.today}): look at the "
                "clock. Versions go on from there, so that they stay in order.",
                "timedatectl",
            )


def quarantine(account: Account) -> Iterator[Advice]:
    """What lies in quarantine since tonight."""
    for reason in account.reasons:
        if reason.new and account.before is not None:
            names = [
                q.source_name for q in account.quarantine if q.new and q.reason == reason.reason
            ]
            first = listed(names)
            yield Advice(
                f"新隔离 {reason.new} 项，原因：{reason.zh}（{first}）。",
                f"{reason.new:,} newly in quarantine: {reason.en} ({first}).",
                "yusuan inspect <file>",
            )


def breaks(account: Account) -> Iterator[Advice]:
    """Identities that break since tonight."""
    if account.breaks_new and account.before is not None:
        first = listed([b.source_name for b in account.broken])
        yield Advice(
            f"新增 {account.breaks_new} 处勾稽不符（{first}）。"
            "看质量报告；确认属原件差错的，记入 known_breaks。",
            f"{account.breaks_new:,} identities break newly ({first}). Read the quality report; "
            "enter what is the publisher's own mistake in expectations/known_breaks.yml.",
            "quality/index.html",
        )


def given_up(account: Account) -> Iterator[Advice]:
    """Documents that are not tried again."""
    if number := account.came.counts.get("given_up", 0):
        yield Advice(
            f"{number} 份文件屡次失败，不再重试，直到文件或程序变化。",
            f"{number:,} documents failed too often and wait until they or the code change.",
            "yusuan status",
        )


def hooks(account: Account) -> Iterator[Advice]:
    """Hooks that could not be told."""
    for told in account.told:
        if not told.ok:
            yield Advice(
                f"通知失败：{told.hook}（{told.said}）。",
                f"The hook {told.hook} failed ({told.said}): nobody was told that way.",
            )


def listed(names: list[str]) -> str:
    """The first names, each once."""
    return ", ".join(list(dict.fromkeys(names))[:NAMED_FIRST])


PARTS = (failure, damage, gate, gone, sources, clock, quarantine, breaks, given_up, hooks)
