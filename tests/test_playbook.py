"""The playbook's files: complete, fit for the screen, well said, refused when they are wrong."""

from __future__ import annotations

import re
import tomllib
from itertools import product
from pathlib import Path

import pytest

import flows.playbook
from flows.complaint import ComplaintType, DeadlineKind, Severity, State
from flows.playbook import (
    STAGES,
    Condition,
    DoneBy,
    HeatedPhase,
    Phase,
    Playbook,
    PlaybookError,
    Step,
    Words,
)
from flows.playbook.reading import fits

FOLDER = Path(flows.playbook.__file__).parent
ALL_FILES = {
    path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in FOLDER.rglob("*.toml")
}
FILES = {path: text for path, text in ALL_FILES.items() if path.startswith(("steps.", "en/"))}
"""A whole playbook of one language, to be changed and broken."""
BOOK = Playbook.parse(ALL_FILES)
KINDS = list(product(ComplaintType, Severity))
STEPS = pytest.mark.parametrize("step", BOOK.steps, ids=lambda step: step.id)
LANGUAGES = pytest.mark.parametrize("language", sorted(BOOK.languages))

NEVER_SAID = {
    "en": r"\b(no,|unfortunately|can't|cannot|not possible|our policy|calm down|but"
    r"|to be honest|you should have (?!heard)|guarantee|i promise|nothing to worry)\b",
    "zh": r"不行|不能|不可以|不可能|没办法|没法|无法|规定|冷静|但是?|可是|不过|说实话|老实说"
    r"|您应该早|保证|肯定|没事|没关系|别担心|不用担心|很正常|你",
    "es": r"\bno,|\b(lamentablemente|desgraciadamente|no (?:se )?pued\w+|no pod\w+|imposible"
    r"|políticas?|normas?|cálmese|tranquilícese|pero|la verdad es|siendo hones\w+|usted debió"
    r"|debió haber|(?:le )?garanti\w+|le aseguro|le prometo|no se preocupe|no pasa nada|es normal"
    r"|tú|tus?|te|ti|contigo)\b",
}
"""A bare no, a rule held up, blame, a promise that is not ours; to a client also 你 and tú."""

CLOSED_QUESTION = {
    "en": r"(?:^|[.?!:,] )(?:do|did|is|are|was|were|can|could|would|will|have|has) you\b",
    "zh": r"[吗吧]？|是不是|有没有|能不能|可不可以|行不行|好不好|要不要|是否",
    "es": r"¿(?!(?:(?:a|con|de|desde|en|hasta|para|por|sobre) )?"
    r"(?:qué|quién|cuál|cómo|cuándo|cuánt[oa]s?|dónde))",
}
SORRY_FOR_THE_WAIT = {
    "en": "wait|sooner",
    "es": "esperar|[Dd]eb(?:ió|imos).* antes",
    "zh": "让您等|等到|早就该|早点|第一时间",
}
EMERGENCY_NUMBER = {"en": "emergency number", "es": "número de emergencias", "zh": "急救电话"}


def all_words(step: Step, language: str) -> list[Words]:
    return [
        BOOK.words(step.id, kind, severity, language)
        for kind, severity in KINDS
        if step.covers(kind, severity)
    ]


def said(words: Words) -> list[str]:
    return [say for say in (words.say, words.say_late, words.say_heated) if say is not None]


def lines(words: Words) -> list[str]:
    texts = (words.card, words.card_undated, words.card_late, words.do, words.why, words.fact)
    return [text for text in (*texts, *said(words), *words.avoid) if text is not None]


def places(toml: str) -> set[str]:
    """Every step, layer and key that has words."""
    return {
        f"{step} {key} {inner}"
        for step, entry in tomllib.loads(toml).items()
        for key, value in entry.items()
        for inner in (value if isinstance(value, dict) else [""])
    }


def changed(path: str, old: str, new: str) -> dict[str, str]:
    assert FILES[path].count(old) >= 1, f"{path} has no {old!r}"
    return FILES | {path: FILES[path].replace(old, new, 1)}


def problems_of(files: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(PlaybookError) as caught:
        Playbook.parse(files)
    return caught.value.problems


def sentences(text: str) -> int:
    return len(re.findall(r"[.?!][\"”]?(?=\s|$)|[。？！]", text))


class TestTheTable:
    @pytest.mark.parametrize("stage", STAGES)
    @pytest.mark.parametrize(("kind", "severity"), KINDS)
    def test_has_a_step_for_everything(
        self, kind: ComplaintType, severity: Severity, stage: State
    ) -> None:
        usual = [
            step
            for step in BOOK.steps
            if step.covers(kind, severity) and stage in step.stages and fits(step, ())
        ]
        assert usual

    @pytest.mark.parametrize(("kind", "severity"), KINDS)
    def test_offers_nothing_before_the_client_was_heard(
        self, kind: ComplaintType, severity: Severity
    ) -> None:
        order = [step for step in BOOK.steps if step.covers(kind, severity)]
        heard = next(i for i, step in enumerate(order) if step.done_by is DoneBy.ACKNOWLEDGE)
        offers = [i for i, step in enumerate(order) if step.phase is Phase.RESPOND]
        assert min(offers) > heard
        assert all(State.NEW not in order[i].stages for i in offers)

    def test_keeps_minor_complaints_short(self) -> None:
        for kind in ComplaintType:
            usual = [
                step.id
                for step in BOOK.steps
                if step.covers(kind, Severity.MINOR) and not step.when
            ]
            assert usual == ["call", "check_one", "settle", "follow_up", "close", "improve"]

    def test_moderate_ones_involve_a_supervisor_and_severe_ones_a_manager(self) -> None:
        for kind in ComplaintType:
            for severity, who in ((2, "supervisor"), (3, "manager")):
                steps = [s for s in BOOK.steps if s.covers(kind, Severity(severity))]
                assert any(s.who == who and State.ACKNOWLEDGED in s.stages for s in steps)

    def test_severe_ones_have_the_crisis_procedure_even_when_raised_late(self) -> None:
        for step_id in ("take_charge", "secure_records", "one_voice"):
            step = BOOK.step(step_id)
            assert step is not None
            assert step.severities == (Severity.SEVERE,)
            assert State.INVESTIGATING in step.stages

    def test_a_step_belongs_to_its_first_stage(self) -> None:
        assert BOOK.stage_of("one_voice") is State.ACKNOWLEDGED
        assert BOOK.stage_of("settle") is State.INVESTIGATING
        assert BOOK.stage_of("a_step_of_last_year") is None

    def test_only_getting_a_number_asks_for_one(self) -> None:
        asking = [step.id for step in BOOK.steps if BOOK.asks_for_contact(step.id)]
        assert asking == ["get_contact"]
        assert not BOOK.asks_for_contact("a_step_of_last_year")

    def test_every_condition_is_used(self) -> None:
        used = {condition for step in BOOK.steps for condition in (*step.when, *step.unless)}
        assert used == set(Condition)

    def test_every_phase_has_its_counterpart_for_a_heated_client(self) -> None:
        assert [phase.when_heated for phase in Phase] == list(HeatedPhase)


@LANGUAGES
class TestTheWords:
    @STEPS
    def test_fit_the_screen(self, step: Step, language: str) -> None:
        for words in all_words(step, language):
            assert len(words.do) <= 300
            assert len(words.why) <= 200
            assert len(words.fact or "") <= 75
            assert all(len(say) <= 600 for say in said(words))
            assert 1 <= len(words.avoid) <= 3

    @STEPS
    def test_are_complete(self, step: Step, language: str) -> None:
        for words in all_words(step, language):
            assert (words.say is not None) == step.with_client
            assert (words.fact is not None) == (step.done_by is DoneBy.NEXT_STEP_DONE)
            assert (words.card is not None) == (step.by is not None)
            assert (words.card_late is not None) == (step.by is not None)

    def test_have_the_same_places_in_every_language(self, language: str) -> None:
        for path, text in FILES.items():
            if path.startswith("en/"):
                theirs = ALL_FILES[path.replace("en/", f"{language}/")]
                assert places(theirs) == places(text), path

    @STEPS
    def test_are_short_to_say_and_to_read(self, step: Step, language: str) -> None:
        for words in all_words(step, language):
            assert sentences(words.do) in (1, 2), words.do
            assert sentences(words.why) == 1, words.why
            for say in said(words):
                assert sentences(say) in (2, 3), say

    @STEPS
    def test_never_say_no(self, step: Step, language: str) -> None:
        for words in all_words(step, language):
            for say in said(words):
                assert not re.search(NEVER_SAID[language], say.lower()), say

    @STEPS
    def test_ask_open_questions(self, step: Step, language: str) -> None:
        for words in all_words(step, language):
            for say in said(words):
                assert not re.search(CLOSED_QUESTION[language], say.lower()), say

    def test_are_the_types_own_where_the_client_is_first_heard_and_answered(
        self, language: str
    ) -> None:
        for step_id, severity in product(("call", "settle"), Severity):
            ours = {BOOK.words(step_id, kind, severity, language).say for kind in ComplaintType}
            assert len(ours) >= 4

    def test_apologise_for_the_wait_once_the_call_is_late(self, language: str) -> None:
        for kind, severity in KINDS:
            words = BOOK.words("call", kind, severity, language)
            assert words.to_say(late=False, heated=False) == words.say
            assert words.to_say(late=False, heated=True) == words.say_heated
            late = words.to_say(late=True, heated=True)
            assert late is not None
            assert late != words.say
            assert re.search(SORRY_FOR_THE_WAIT[language], late), late

    def test_keep_a_number_at_hand_when_the_body_may_be_affected(self, language: str) -> None:
        words = BOOK.words("call", ComplaintType.SAFETY, Severity.SEVERE, language)
        assert EMERGENCY_NUMBER[language] in (words.say or "")

    @STEPS
    def test_are_of_the_language(self, step: Step, language: str) -> None:
        english = all_words(step, "en")
        for words, theirs in zip(all_words(step, language), english, strict=True):
            assert language == "en" or not set(lines(words)) & set(lines(theirs))


class TestTheWordsOfAStep:
    def test_are_english_where_a_language_is_absent(self) -> None:
        english = BOOK.words("call", ComplaintType.RESULT, Severity.MINOR, "en")
        assert BOOK.words("call", ComplaintType.RESULT, Severity.MINOR, "fr") == english

    def test_of_a_step_done_before_the_severity_changed_stay_readable(self) -> None:
        crisis = BOOK.words("one_voice", ComplaintType.BILLING, Severity.SEVERE)
        assert BOOK.words("one_voice", ComplaintType.BILLING, Severity.MODERATE) == crisis

    def test_of_no_step_are_a_key_error(self) -> None:
        with pytest.raises(KeyError):
            BOOK.words("bill_together", ComplaintType.PRIVACY, Severity.MODERATE)
        with pytest.raises(KeyError):
            BOOK.words("nothing", ComplaintType.PRIVACY, Severity.MODERATE)

    def test_of_another_language_come_from_its_own_files(self) -> None:
        spanish = {
            path.replace("en/", "es/"): text.replace("{who} calls the client", "{who} llama")
            for path, text in FILES.items()
            if path.startswith("en/")
        }
        book = Playbook.parse(FILES | spanish)
        assert book.languages == {"en", "es"}
        words = book.words("call", ComplaintType.BILLING, Severity.MODERATE, "es")
        assert words.card_undated == "{who} llama"


class TestMoreSpecificWords:
    COMMON = '\n[call.severity_2]\nwhy = "common 2."\n'

    def test_count_more(self) -> None:
        files = dict(FILES)
        files["en/common.toml"] += self.COMMON
        files["en/service.toml"] = (
            files["en/service.toml"]
            .replace("[call]\n", '[call]\nwhy = "type."\n', 1)
            .replace(
                'why = "Almost every complaint is about how somebody was treated: listening well '
                'already repairs part of it."\n',
                "",
                1,
            )
        )
        files["en/service.toml"] += '\n[call.severity_1]\nwhy = "type 1."\n'
        book = Playbook.parse(files)
        assert book.words("call", ComplaintType.SERVICE, Severity.MINOR).why == "type 1."
        assert book.words("call", ComplaintType.SERVICE, Severity.MODERATE).why == "type."
        files["en/result.toml"] = FILES["en/service.toml"].split("[call]")[0]
        book = Playbook.parse(files)
        assert book.words("call", ComplaintType.RESULT, Severity.MODERATE).why == "common 2."


class TestWrongFiles:
    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            (
                'stages = ["resolved"]\nwho = "owner"',
                'stages = ["resolvd"]\nwho = "owner"',
                (
                    'steps.toml, step "follow_up": stages "resolvd" is unknown; '
                    'did you mean "resolved"?'
                ),
            ),
            (
                'stages = ["closed"]\nseverities',
                'stages = ["withdrawn"]\nseverities',
                'steps.toml, step "improve": stages "withdrawn" is unknown',
            ),
            (
                'when = ["reopened"]',
                'when = ["reopend"]',
                (
                    'steps.toml, step "hear_again": when "reopend" is unknown; '
                    'did you mean "reopened"?'
                ),
            ),
            (
                'by = "custom"',
                'by = "customs"',
                'steps.toml, step "close": by "customs" is unknown; did you mean "custom"?',
            ),
            (
                'who = "clinician"',
                'who = "doctor"',
                (
                    'steps.toml, step "emergency_call": who "doctor" is unknown; '
                    'did you mean "director"?'
                ),
            ),
            (
                'done_by = "take_charge"\n',
                "",
                'steps.toml, step "take_charge": "done_by" is missing',
            ),
            (
                "late_first = true",
                "latefirst = true",
                'steps.toml, step "try_again": "latefirst" is unknown; did you mean "late_first"?',
            ),
            (
                "with_client = true",
                "with_client = 1",
                'steps.toml, step "get_contact": with_client is true or false',
            ),
            (
                "severities = [3]",
                "severities = [true]",
                'steps.toml, step "take_charge": severities "True" is unknown',
            ),
            (
                "severities = [3]",
                "severities = 3",
                (
                    'steps.toml, step "take_charge": severities is a list like [...] with '
                    "something in it"
                ),
            ),
            ('id = "call"\n', "", 'steps.toml, step number 6: "id" is missing'),
            (
                'id = "follow_up"',
                'id = "follow-up"',
                'steps.toml, step "follow-up": an id is a word like give_feedback',
            ),
            (
                'id = "recheck"',
                'id = "clinician_explains"',
                'steps.toml: step "clinician_explains" is there twice',
            ),
            (
                'done_by = "close"',
                'done_by = "contact"',
                (
                    'steps.toml, step "close": "contact" does nothing in stage "resolved", so that '
                    "the step would never be done"
                ),
            ),
            (
                'done_by = "next_step_done"\nphase = "explore"\n\n# Minor',
                'done_by = "next_step_done"\nphase = "respond"\n\n# Minor',
                (
                    'steps.toml, step "agree_plan": nothing is offered in stage "acknowledged": '
                    'phase "respond" comes later'
                ),
            ),
            (
                'by = "follow_up"\n',
                "",
                'steps.toml, step "follow_up": late_first needs "by", or it is never late',
            ),
            (
                'stages = ["closed"]\nseverities = [1, 2]',
                'stages = ["closed"]\nseverities = [1]',
                'steps.toml: privacy, severity 2 has no step in stage "closed"',
            ),
            (
                'stages = ["new"]\nwhen = ["tried"]',
                'stages = ["new"]\ntypes = ["result"]\nwhen = ["tried"]',
                'steps.toml: billing, severity 1 has no step in stage "new" when tried',
            ),
            (
                'by = "resolve"\ndone_by = "next_step_done"\nphase = "explore"\nwith_client',
                'by = "resolve"\ndone_by = "contact"\nphase = "explore"\nwith_client',
                (
                    "steps.toml: the last step of the assessment moves on, so for safety, severity "
                    '1 "check_one" has to be done by "next_step_done"'
                ),
            ),
            ("[[step]]", "[[steps]]", 'steps.toml: "steps" is unknown; did you mean "step"?'),
        ],
    )
    def test_a_wrong_table_is_refused(self, old: str, new: str, problem: str) -> None:
        assert problem in problems_of(changed("steps.toml", old, new))

    @pytest.mark.parametrize(
        ("path", "old", "new", "problem"),
        [
            (
                "en/common.toml",
                "[give_feedback]",
                "[give_feeedback]",
                (
                    'en/common.toml, step "give_feeedback": there is no such step in steps.toml; '
                    'did you mean "give_feedback"?'
                ),
            ),
            (
                "en/billing.toml",
                "[bill_together]",
                "[recheck]",
                'en/billing.toml, step "recheck": the step is not for billing',
            ),
            (
                "en/service.toml",
                "[settle.severity_1]",
                "[check_one.severity_2]",
                'en/service.toml, step "check_one", severity_2: the step is not for severity 2',
            ),
            (
                "en/common.toml",
                'fact = "Which phone number, e-mail or handle reaches the client?"',
                "",
                'en: step "get_contact" has no "fact"',
            ),
            (
                "en/privacy.toml",
                'card_undated = "{who} tells the client what was seen and what was stopped"',
                "",
                'en: step "account_for_data" has no "card_undated"',
            ),
            (
                "en/common.toml",
                '"{who} settles it with the client by {by}"',
                '"They settle it with the client by {time}"',
                'en/common.toml, step "settle": card does not name {who}',
            ),
            (
                "en/common.toml",
                '"{who} settles it with the client by {by}"',
                '"{who} settles it with {client} by {by}"',
                'en/common.toml, step "settle": card names {client}, which it is never given',
            ),
            (
                "en/common.toml",
                'say = "Thank you for telling us.',
                'say = "Thank you for telling us, {name}.',
                'en/common.toml, step "call": say names {name}, which it is never given',
            ),
            (
                "en/common.toml",
                'say = "Thank you for telling us.',
                'say = "Thank you for telling us {.',
                'en/common.toml, step "call": say has a single { or }',
            ),
            (
                "en/common.toml",
                'fact = "What did the record show?"',
                f'fact = "{"x" * 76}"',
                'en/common.toml, step "check_one": fact has 76 characters, 75 at most',
            ),
            (
                "en/common.toml",
                "[agree_plan]",
                '[agree_plan]\nsay = "Hello."',
                (
                    'en/common.toml, step "agree_plan": "say" is never shown, because nobody '
                    "speaks with the client in this step"
                ),
            ),
            (
                "en/common.toml",
                "[improve]",
                '[improve]\ncard = "{who} by {by}"',
                (
                    'en/common.toml, step "improve": "card" is never shown, because the step '
                    "has no due time"
                ),
            ),
            (
                "en/common.toml",
                "[follow_up]",
                '[follow_up]\nfact = "What did the client say?"',
                (
                    'en/common.toml, step "follow_up": "fact" is never shown, because the step is '
                    'done by "follow_up_done"'
                ),
            ),
            (
                "en/result.toml",
                "[improve]",
                '[recheck]\nwy = "Because."\n[improve]',
                'en/result.toml, step "recheck": "wy" is unknown; did you mean "why"?',
            ),
            (
                "en/result.toml",
                "[improve]",
                "[recheck]\navoid = []\n[improve]",
                'en/result.toml, step "recheck": avoid is a list of 1 to 3',
            ),
            (
                "en/result.toml",
                "[improve]",
                '[recheck]\nwhy = " "\n[improve]',
                'en/result.toml, step "recheck": why is a text',
            ),
        ],
    )
    def test_wrong_words_are_refused(self, path: str, old: str, new: str, problem: str) -> None:
        assert problem in problems_of(changed(path, old, new))

    def test_all_that_is_wrong_is_said_at_once(self) -> None:
        files = changed("steps.toml", 'who = "clinician"', 'who = "nurse"')
        files["en/common.toml"] = files["en/common.toml"].replace("[settle]", "[setle]", 1)
        files["en/safety.toml"] = files["en/safety.toml"].replace("why =", "wy =", 1)
        del files["en/billing.toml"]
        files["en/billling.toml"] = ""
        problems = problems_of(files)
        assert 'steps.toml, step "emergency_call": who "nurse" is unknown' in problems
        assert (
            'en/common.toml, step "setle": there is no such step in steps.toml; did you mean '
            '"settle"?'
        ) in problems
        assert 'en/safety.toml, step "call": "wy" is unknown; did you mean "why"?' in problems
        assert "en/billing.toml is missing" in problems
        assert (
            'en/billling.toml is no file of the playbook; did you mean "billing.toml"?' in problems
        )
        assert not [p for p in problems if "emergency_call" in p and "no such step" in p]

    def test_words_missing_for_some_only_are_named_for_those(self) -> None:
        why = (
            'why = "In a severe case everybody waits for somebody; one person in charge ends the '
            'waiting."\n'
        )
        files = changed("en/common.toml", why, "")
        files["en/safety.toml"] += '\n[take_charge]\nwhy = "It is about the body."\n'
        assert problems_of(files) == (
            'en: step "take_charge" has no "why" for result 3, service 3, billing 3, privacy 3',
        )

    def test_a_file_that_is_no_toml_is_named_with_its_place(self) -> None:
        problems = problems_of(FILES | {"en/result.toml": "[call\n"})
        assert len(problems) == 1
        assert problems[0].startswith("en/result.toml: ")
        assert "line 1" in problems[0]

    def test_without_steps_there_is_no_playbook(self) -> None:
        assert problems_of({}) == ("steps.toml is missing",)

    def test_no_words_at_all_are_a_missing_file_each(self) -> None:
        problems = problems_of({"steps.toml": FILES["steps.toml"]})
        assert problems == (
            "en/common.toml is missing",
            *(f"en/{kind}.toml is missing" for kind in ComplaintType),
        )

    def test_a_language_is_all_there_or_refused(self) -> None:
        problems = problems_of(FILES | {"zh/common.toml": FILES["en/common.toml"]})
        assert problems == tuple(f"zh/{kind}.toml is missing" for kind in ComplaintType)


def test_the_deadline_of_every_step_can_be_alive_in_its_stage() -> None:
    possible = {
        DeadlineKind.ACKNOWLEDGE: {State.NEW},
        DeadlineKind.TAKE_CHARGE: {State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING},
        DeadlineKind.CLINICIAN_CALL: {State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING},
        DeadlineKind.ALL_CLEAR: {State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING},
        DeadlineKind.FEEDBACK: {State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING},
        DeadlineKind.RESOLVE: {State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING},
        DeadlineKind.FOLLOW_UP: {State.RESOLVED},
        DeadlineKind.CUSTOM: set(STAGES),
    }
    for step in BOOK.steps:
        assert step.by is None or step.stages[0] in possible[step.by], step.id
