"""A small library without findings, into which tests plant them; and a large one, generated from a seed."""

from __future__ import annotations

import random

from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.load import read_texts

CATALOGUE = """
organs:
  - {code: market, title: 市场监管局}
  - {code: transport, title: 交通运输局}
feeds:
  - {code: feed, title: 信用信息, organ: market, max_age_days: 30}
instruments:
  - {code: law, title: 信用法, rank: law, effective: {from: 2020-01-01}}
record_kinds:
  - {code: penalty, title: 行政处罚, feed: feed, severities: [general, serious]}
  - {code: breach, title: 违背承诺, feed: feed}
lists:
  - {code: bad, title: 严重失信名单, organ: market, feed: feed, basis: [{instrument: law, article: 第一条}]}
  - {code: worse, title: 特别严重名单, organ: market, feed: feed, basis: [{instrument: law, article: 第一条}]}
ladders:
  - {code: national, title: 综合评价, feed: feed, ratings: [A, B, C], basis: [{instrument: law, article: 第一条}]}
grades: [{code: A, title: 优}, {code: B, title: 良}, {code: C, title: 差}]
levels: [{code: light, title: 一般, frequency: 少}, {code: key, title: 重点, frequency: 多}]
items:
  - {code: licence, title: 许可, organ: market}
  - {code: permit, title: 准许, organ: transport}
facts:
  - {name: rating, label: 评价, type: choice, source: rating, ladder: national}
  - {name: grade, label: 等级, type: choice, source: grade}
  - {name: level, label: 监管等级, type: choice, source: level}
  - {name: staff, label: 人数, type: whole, source: caller, supplier: 申请人}
  - {name: promised, label: 承诺, type: flag, source: caller, default: false}
  - {name: founded, label: 成立日期, type: day, source: attribute, feed: feed}
measures:
  - {code: no-promise, title: 不适用承诺, kind: restraint, instruction: 按一般程序}
  - {code: strict, title: 从严审查, kind: restraint, instruction: 从严}
  - {code: lane, title: 绿色通道, kind: incentive, instruction: 从快, yields_to: [no-promise]}
"""
GRADE = """
book: grade
rules:
  - {id: grade-a, title: 优, effective: {from: 2020-01-01}, when: {fact: rating, is: A}, then: {grade: A}, basis: [{instrument: law, article: 第二条}]}
  - {id: grade-b, title: 良, effective: {from: 2020-01-01}, when: {fact: rating, in: [B, none]}, then: {grade: B}, basis: [{instrument: law, article: 第二条}]}
  - {id: grade-c, title: 差, effective: {from: 2020-01-01}, when: {any: [{fact: rating, is: C}, {records: {lists: [bad]}}]}, then: {grade: C}, basis: [{instrument: law, article: 第二条}]}
"""  # noqa: E501
LEVEL = """
book: level
rules:
  - {id: level-light, title: 一般, effective: {from: 2020-01-01}, when: {fact: grade, in: [A, B]}, then: {level: light}, basis: [{instrument: law, article: 第三条}]}
  - {id: level-key, title: 重点, effective: {from: 2020-01-01}, when: {fact: grade, is: C}, then: {level: key}, basis: [{instrument: law, article: 第三条}]}
"""  # noqa: E501
MEASURES = """
book: measures
rules:
  - {id: key-no-promise, title: 重点监管不适用承诺, effective: {from: 2020-01-01}, when: {all: [{fact: level, is: key}, {fact: promised, is: true}]}, then: {measure: no-promise, duty: mandatory}, basis: [{instrument: law, article: 第四条}]}
  - {id: penalty-strict, title: 两年三次处罚从严, effective: {from: 2020-01-01}, when: {records: {kinds: [penalty], within_months: 24}, at_least: 3}, then: {measure: strict, duty: mandatory}, basis: [{instrument: law, article: 第五条}]}
  - {id: good-lane, title: 优的从快, effective: {from: 2020-01-01}, when: {fact: grade, is: A}, then: {measure: lane, duty: optional}, basis: [{instrument: law, article: 第六条}]}
  - {id: settled-lane, title: 大而久的从快, effective: {from: 2020-01-01}, when: {all: [{fact: staff, more_than: 900}, {fact: founded, at_least_months_ago: 60}]}, then: {measure: lane, duty: optional}, basis: [{instrument: law, article: 第七条}]}
"""  # noqa: E501
PARTS = {"catalogue": CATALOGUE, "grade": GRADE, "level": LEVEL, "measures": MEASURES}


def rule(rule_id: str, when: str, then: str, article: str = "第九条", more: str = "") -> str:
    """One rule, as a line of a book."""
    return (
        f"  - {{id: {rule_id}, title: 植入的规则, effective: {{from: 2020-01-01}}, when: {when}, then: {then}, "
        f"basis: [{{instrument: law, article: {article}}}]{more}}}\n"
    )


def library(**changes: str) -> RuleSet:
    """The library, with parts replaced or, where a text begins with two blanks, extended by rules."""
    parts = dict(PARTS)
    for name, text in changes.items():
        parts[name] = parts[name].rstrip("\n") + "\n" + text if text.startswith("  -") else text
    return read_texts({f"{name}.yaml": text.encode() for name, text in parts.items()}).rule_set


def large(seed: int, rules: int) -> dict[str, str]:
    """Parts of a library with so many measure rules, no two of which have to do with each other."""
    draw = random.Random(seed)
    lists = "".join(
        f"  - {{code: list-{n}, title: 名单{n}, organ: market, feed: feed, basis: [{{instrument: law}}]}}\n"
        for n in range(40)
    )
    measures = "".join(
        f"  - {{code: restraint-{n}, title: 惩戒{n}, kind: restraint, instruction: 从严}}\n"
        f"  - {{code: incentive-{n}, title: 激励{n}, kind: incentive, instruction: 从快}}\n"
        for n in range(30)
    )
    facts = "".join(
        f"  - {{name: number_{n}, label: 数{n}, type: whole, source: caller, supplier: 申请人}}\n"
        f"  - {{name: merit_{n}, label: 绩{n}, type: whole, source: caller, supplier: 申请人}}\n"
        for n in range(12)
    )
    catalogue = (
        CATALOGUE.replace("ladders:\n", f"{lists}ladders:\n").replace("measures:\n", f"{facts}measures:\n").rstrip("\n")
        + f"\n{measures}"
    )
    book = ""
    for number in range(rules):
        bound = draw.randrange(1, 10**6)
        if number % 3 == 0:
            when = f"{{all: [{{fact: merit_{draw.randrange(12)}, more_than: {bound}}}, {{fact: grade, in: [A, B]}}]}}"
            then = f"{{measure: incentive-{draw.randrange(30)}, duty: optional}}"
        else:
            months = draw.choice((12, 24, 36))
            record = draw.choice(
                (
                    f"{{records: {{lists: [list-{draw.randrange(40)}]}}}}",
                    f"{{records: {{kinds: [penalty], severities: [serious], within_months: {months}}}, at_least: 2}}",
                    f"{{records: {{kinds: [breach]}}, at_least: {draw.randrange(1, 4)}}}",
                )
            )
            when = f"{{all: [{record}, {{fact: number_{draw.randrange(12)}, at_least: {bound}}}]}}"
            then = f"{{measure: restraint-{draw.randrange(30)}, duty: {draw.choice(('mandatory', 'optional'))}}}"
        book += rule(f"generated-{number}", when, then, article=f"附{number}")
    return {"catalogue": catalogue, "measures": MEASURES.rstrip("\n") + "\n" + book}
