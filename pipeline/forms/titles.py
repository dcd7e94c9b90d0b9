"""Titles of one table in the wordings of many publishers, brought to one wording.

Here: what may differ between two titles of the same statement: who is named, 预算 printed once more
or once less, 总体情况 for 总, the money of one fund called 财政拨款. Not here: finding title lines.
"""

from __future__ import annotations

import re

# Who publishes, before the name of the table: 部门收支总表, 本单位（部门）收支总表.
PUBLISHER = re.compile(
    r"^(?:本|各)?(?:省|市|县|区|州|盟|旗|乡|镇)?(?:本?级)?(?:预算)?"
    r"(?:部门\(单位\)|单位\(部门\)|部门/单位|部门|单位)(?=.{3})(?!预算支出经济)"
)
# The money of one fund, however it is called; the mark stands for it in what is compared.
REST = "(?:当年)?(?:财政)?(?:拨款)?(?:资金)?"
FUNDS = (
    (re.compile(f"(?:财政拨款)?一般公共预算{REST}"), "〔一般〕"),
    (re.compile(f"(?:财政拨款)?政府性基金(?:预算)?{REST}"), "〔基金〕"),
    (re.compile(f"(?:财政拨款)?国有资本经营(?:预算)?{REST}"), "〔国资〕"),
)
# Additions in brackets that every table of the title bears by its nature.
SAME = re.compile(r"\((?:不含上年结转|本级|部门|单位|批复数?|草案|财政拨款|〔一般〕)\)")
BY_FUNCTION = re.compile(
    r"\(按?(?:支出)?功能(?:分类)?(?:科目)?(?:分类)?\)|按?功能(?:分类)(?:科目)?(?=表)"
)
BY_ECONOMY = re.compile(
    r"\(按?(?:部门)?(?:支出)?经济(?:分类)?(?:科目)?(?:分类)?\)|按?(?:部门)?经济(?:分类)(?:科目)?(?=表)"
)
THREE_PUBLIC = re.compile(r'^(?:〔一般〕|财政拨款)?(?:安排)?(?:的)?"?三公"?经费')
BASIC = "基本支出"


def title_key(plain: str) -> str:
    """A canonical title as compared between publishers: one wording for one statement.

    It tells apart what the statements tell apart: fund, 收入 and 支出, 基本支出, 总表, 明细, 决算.
    """
    key = PUBLISHER.sub("", plain)
    for pattern, mark in FUNDS:
        key = pattern.sub(mark, key)
    key = SAME.sub("", key).replace("预算", "")
    key = PUBLISHER.sub("", key)
    key = re.sub("收入(?:、|及|和|与)?支出", "收支", key)
    key = re.sub("(?:总体|总|汇总)?情况(总?)(?:一览)?表", with_total, key)
    key = (BY_ECONOMY if BASIC in key else BY_FUNCTION).sub("", key)
    return THREE_PUBLIC.sub('"三公"经费', key)


def with_total(found: re.Match[str]) -> str:
    """总体情况表 and 情况总表 are 总表, 情况表 is 表."""
    return "总表" if "总" in found[0] else "表"
