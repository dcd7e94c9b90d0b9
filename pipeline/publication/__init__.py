"""Publishing a finished release: its folder carried whole to another place, then pointed at.

    manifest (is the release whole?) -> upload (write-once, read back) -> pointer (latest.json)

Nothing is published that is not first whole here and then proved whole there. Not here: making
releases (release), the places themselves (stores), and what is kept how long (night).
"""
