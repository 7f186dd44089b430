"""Triage from the words alone: type, severity and emergency, with what in the words led there.

Rules over a lexicon (`flows/lexicon`): terms are found, those that are denied, only feared, a
figure of speech or said to be normal are left out, what is left is combined, and the heaviest
decides.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache

from flows.complaint import ComplaintType, Severity
from flows.lexicon import Concept, Hit, Lexicon, Marker, Word
from flows.lexicon.words import is_han

DENIAL_REACH = 5
"""How many words may stand between a denial and what it denies ("no sign of any infection")."""
MARKER_DENIAL_REACH = 2
"""The same for a marker ("not a joke"): short, as "never been so furious" denies nothing."""
FEAR_REACH = 8
EXPECTED_REACH = 6
NEXT_EXPECTED_REACH = 3
"""The same in the clause after: it has to come at once."""
SLIGHT_REACH = 2
PROVIDED_REACH = 12
FOCUS_FACTOR = 3
"""How much more counts what stands after "what she wants is"."""
SHOUTED = 2
"""How many words in capitals make a heated client; short ones may be names of machines."""
MOST_REASONS = 6

ORDER = (
    ComplaintType.SAFETY,
    ComplaintType.PRIVACY,
    ComplaintType.RESULT,
    ComplaintType.BILLING,
    ComplaintType.SERVICE,
)
"""Which type wins where the words speak for two alike."""

DENIABLE = (Marker.JOKING, Marker.SMALL, Marker.CONCEDES, Marker.EXPECTED, Marker.RAGE)
"""Markers that mean nothing where they are denied ("I'm not joking")."""

WITHOUT_HIT = (ComplaintType.SERVICE, Severity.MINOR)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing found in the words."""

    concept: str  # the lexicon's id of it
    words: str  # as they were typed
    type: ComplaintType | None
    severity: Severity | None
    emergency: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the words suggest; a person decides."""

    type: ComplaintType
    severity: Severity
    emergency: bool  # a medical emergency is always severe and about safety
    language: str | None  # "en", "zh" or "es"; None where the words don't tell
    heated: bool
    treatment: str | None  # what was done, as typed
    reasons: tuple[Reason, ...]  # what decided, weightiest first; empty: nothing was found


@dataclass(frozen=True, slots=True)
class _Found:
    """A concept that the words mean."""

    concept: Concept
    parts: tuple[Hit, ...]
    slight: bool
    focused: bool
    over: bool = False  # healed by now

    @property
    def emergency(self) -> bool:
        return self.concept.emergency and not self.over

    @property
    def start(self) -> int:
        return self.parts[0].start

    @property
    def end(self) -> int:
        return max(part.end for part in self.parts)


@lru_cache(maxsize=16)
def triage(words: str, lexicon: Lexicon) -> Suggestion:
    """What kind of complaint the words tell of, how severe it is and why.

    Takes any text; time grows with its length. The last few are remembered: from the command to
    the stored complaint the same words are looked at again and again.
    """
    return _Triage(words, lexicon).suggestion()


@dataclass(slots=True)
class _Triage:
    typed: str
    lexicon: Lexicon
    words: list[Word] = field(init=False)
    markers: dict[str, list[Hit]] = field(init=False)
    denials: set[int] = field(init=False)
    stops: set[int] = field(init=False)
    found: dict[str, list[_Found]] = field(init=False)
    languages: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.lexicon.words(self.typed)
        hits = self.lexicon.find(self.words)
        self.languages = dict(Counter(hit.language for hit in hits))
        open_to = {one.id for one in self.lexicon.concepts.values() if one.open}
        kept = _without_swallowed(self._of_the_language(hits), open_to)
        self.markers = {marker.value: [] for marker in Marker}
        for hit in kept:
            if hit.name in self.markers:
                self.markers[hit.name].append(hit)
        self.denials = self._ends_of_denials(kept)
        self.stops = {hit.start for hit in self.markers[Marker.STOPS]}
        for marker in DENIABLE:
            self.markers[marker] = self._undenied(self.markers[marker])
        self.found = {}
        self._take_single([hit for hit in kept if hit.name in self.lexicon.concepts])
        self._take_combined()

    def _ends_of_denials(self, kept: Sequence[Hit]) -> set[int]:
        """Where what is denied may begin, also within the denial: "没有" before "有水泡" are three.

        A denial that is itself a sign ("no pulse") denies nothing after it.
        """
        signs = {
            at
            for hit in kept
            if hit.name in self.lexicon.concepts and self.lexicon.concepts[hit.name].symptom
            for at in range(hit.start, hit.end)
            if not any(start <= at < end for start, end in hit.gaps)
        }
        return {
            at
            for hit in self.markers[Marker.DENIES]
            if hit.start not in signs
            for at in range(hit.start + 1, hit.end + 1)
        }

    # ------------------------------------------------------------------------------ what it says

    def suggestion(self) -> Suggestion:
        all_found = [found for several in self.found.values() for found in several]
        firsts = [several[0] for several in self.found.values()]
        kind, severity = self._decided(firsts)
        return Suggestion(
            type=kind,
            severity=severity,
            emergency=any(found.emergency for found in firsts),
            language=self._language(),
            heated=self._heated(firsts),
            treatment=self._treatment(all_found),
            reasons=self._reasons(firsts, kind, severity),
        )

    def _decided(self, firsts: Sequence[_Found]) -> tuple[ComplaintType, Severity]:
        if any(found.emergency for found in firsts):
            return ComplaintType.SAFETY, Severity.SEVERE
        levels = [found.concept.severity for found in firsts if found.concept.severity]
        if not levels:
            return WITHOUT_HIT
        severity = max(levels)
        if severity is Severity.MODERATE and self.markers[Marker.SMALL]:
            severity = Severity.MINOR
        weights = dict.fromkeys(ORDER, 0.0)
        for found in firsts:
            if found.concept.type is not None:
                factor = FOCUS_FACTOR if found.focused else 1
                weights[found.concept.type] += found.concept.weight * factor
        heaviest = max(weights.values())
        if not heaviest:
            return WITHOUT_HIT[0], severity
        return next(kind for kind in ORDER if weights[kind] == heaviest), severity

    def _reasons(
        self, firsts: Sequence[_Found], kind: ComplaintType, severity: Severity
    ) -> tuple[Reason, ...]:
        emergency = any(found.emergency for found in firsts)
        deciding = [
            found
            for found in firsts
            if (found.emergency if emergency else found.concept.type is kind)
            or found.concept.severity is severity
        ]
        deciding.sort(
            key=lambda found: (
                not found.emergency,
                -(found.concept.severity or 0),
                -found.concept.weight,
                found.start,
            )
        )
        return tuple(
            Reason(
                concept=found.concept.id,
                words=self._as_typed(found.parts),
                type=found.concept.type,
                severity=found.concept.severity,
                emergency=found.emergency,
            )
            for found in deciding[:MOST_REASONS]
        )

    def _as_typed(self, parts: Sequence[Hit]) -> str:
        spans: list[tuple[int, int]] = []
        for part in sorted(parts):
            start, end = self.words[part.start].start, self.words[part.end - 1].end
            if spans and start <= spans[-1][1] + 1:
                start, end = spans[-1][0], max(end, spans.pop()[1])
            spans.append((start, end))
        return " … ".join(self.typed[start:end] for start, end in spans)

    def _treatment(self, all_found: Iterable[_Found]) -> str | None:
        named: dict[str, str] = {}
        for found in sorted(all_found, key=lambda one: one.start):
            if found.concept.treatment:
                words = self._as_typed(found.parts)
                named.setdefault(words.casefold(), words)
        return ", ".join(named.values()) or None

    def _heated(self, firsts: Sequence[_Found]) -> bool:
        typed = [self.typed[word.start : word.end] for word in self.words]
        shouted = sum(len(word) > 3 and word.isupper() and not is_han(word) for word in typed)
        calls = self.typed.count("!") + self.typed.count("！")
        return (
            bool(self.markers[Marker.RAGE])
            or calls > 1
            or shouted >= SHOUTED
            or any(found.concept.threat for found in firsts)
        )

    def _language(self) -> str | None:
        han = sum(is_han(word.text) for word in self.words)
        latin = sum(word.text.isalpha() and not is_han(word.text) for word in self.words)
        if han and han >= latin:
            return "zh"
        scores = {name: n for name, n in self.languages.items() if name != "zh"}
        most = max(scores.values(), default=0)
        best = [name for name, n in scores.items() if n == most]
        return best[0] if len(best) == 1 else None

    def _of_the_language(self, hits: Sequence[Hit]) -> list[Hit]:
        """Without those of another language on words that the text's own language has, too."""
        own = self._language()
        if own is None:
            return list(hits)
        return [
            hit
            for hit in hits
            if hit.language == own
            or not all(self.lexicon.has(own, word) for word in self.words[hit.start : hit.end])
        ]

    # ------------------------------------------------------------------------------ what is meant

    def _take_single(self, hits: Sequence[Hit]) -> None:
        denied = self._denied(hits)
        joking = bool(self.markers[Marker.JOKING])
        for hit in hits:
            concept = self.lexicon.concepts[hit.name]
            if hit in denied and not concept.topic:
                continue
            if concept.threat and joking:
                continue
            if concept.symptom and (
                self._before(Marker.COULD, hit, FEAR_REACH)
                or self._elsewhere(hit)
                or self._long_over(hit)
            ):
                continue
            if self._conceded(hit, concept):
                continue
            if concept.mild and self._is_expected(hit):
                continue
            slight = not concept.topic and self._beside(Marker.SLIGHT, hit, SLIGHT_REACH)
            over = concept.symptom and self._healed(hit)
            self._add(_Found(concept, (hit,), slight, self._focused(hit.start), over))

    def _take_combined(self) -> None:
        """Concepts made of others; the lexicon has them after their parts."""
        made = [one for one in self.lexicon.concepts.values() if one.near or one.given]
        for concept in made:
            if not concept.fallback:
                self._combine(concept)
        for concept in made:
            if concept.fallback and not self._is_classified():
                self._combine(concept)

    def _is_classified(self) -> bool:
        found = [self.lexicon.concepts[name] for name in self.found]
        return any(concept.type and concept.severity for concept in found)

    def _combine(self, concept: Concept) -> None:
        if not all(self._usable(group, concept) for group in concept.given):
            return
        if not concept.near:
            parts = [self._usable(group, concept)[0] for group in concept.given]
            self._add_combined(concept, parts)
            return
        first, *others = (self._usable(group, concept) for group in concept.near)
        starts = [[found.start for found in group] for group in others]
        for one in first:
            near = [
                self._nearest(one, group, at, concept.within)
                for group, at in zip(others, starts, strict=True)
            ]
            if all(near):
                self._add_combined(concept, [one, *(part for part in near if part)])
                return

    def _add_combined(self, concept: Concept, parts: Sequence[_Found]) -> None:
        hits = sorted({hit for part in parts for hit in part.parts})
        focused = any(part.focused for part in parts)
        slight = any(part.slight for part in parts)
        self._add(_Found(concept, tuple(hits), slight, focused))

    def _usable(self, group: Sequence[str], concept: Concept) -> list[_Found]:
        found = [one for name in group for one in self.found.get(name, ())]
        if concept.emergency:
            found = [one for one in found if not one.slight and not one.over]
        return sorted(found, key=lambda one: one.start)

    def _nearest(
        self, one: _Found, group: Sequence[_Found], starts: Sequence[int], within: int
    ) -> _Found | None:
        place = bisect_left(starts, one.start)
        for other in group[max(place - 3, 0) : place + 3]:
            between = max(other.start - one.end, one.start - other.end)
            same = self.words[other.start].sentence == self.words[one.start].sentence
            if other.parts != one.parts and same and between <= within:
                return other
        return None

    def _add(self, found: _Found) -> None:
        self.found.setdefault(found.concept.id, []).append(found)

    # --------------------------------------------------------------------------------- the context

    def _denied(self, hits: Sequence[Hit]) -> set[Hit]:
        denied: set[Hit] = set()
        for hit in hits:
            if self.lexicon.concepts[hit.name].threat and self._before(
                Marker.PROVIDED, hit, PROVIDED_REACH
            ):
                continue
            if self._denied_before(hit) or self._denied_within(hit) or self._denied_after(hit):
                denied.add(hit)
        return self._through_lists(hits, denied)

    def _undenied(self, marks: Sequence[Hit]) -> list[Hit]:
        return [mark for mark in marks if not self._denied_before(mark, MARKER_DENIAL_REACH)]

    def _denied_before(self, hit: Hit, reach: int = DENIAL_REACH) -> bool:
        clause = self.words[hit.start].clause
        at = hit.start
        while at > max(hit.start - reach, 0):
            if self.words[at - 1].clause != clause:
                return False
            if at in self.denials:
                return True
            at -= 1
            if at in self.stops:
                return False
        return False

    def _denied_within(self, hit: Hit) -> bool:
        return any(
            start <= mark.start and mark.end <= end
            for start, end in hit.gaps
            for mark in self._around(Marker.DENIES, hit, 0)
        )

    def _denied_after(self, hit: Hit) -> bool:
        return any(
            after.start - hit.end <= 1
            and self.words[after.start].clause - self.words[hit.end - 1].clause <= 1
            for after in self._around(Marker.DENIES_BEFORE, hit, 2)
            if after.start >= hit.end
        )

    def _through_lists(self, hits: Sequence[Hit], denied: set[Hit]) -> set[Hit]:
        """What is denied, with the rest of a denied list ("no pain, swelling or fever")."""
        also = {at for hit in self.markers[Marker.ALSO] for at in range(hit.start, hit.end)}
        whole = set(denied)
        pending: list[Hit] = []
        reach = False
        last: Hit | None = None
        for hit in hits:
            if hit in denied:
                pending, reach, last = [], True, hit
                continue
            if not reach or last is None:
                continue
            between = range(last.end, hit.start)
            if hit.start < last.end:
                continue
            if any(at not in also for at in between):
                reach = False
                continue
            pending.append(hit)
            if len(between) or self.words[hit.start].in_list:
                whole.update(pending)
                pending = []
            last = hit
        return whole

    def _around(self, marker: Marker, hit: Hit, reach: int) -> list[Hit]:
        marks = self.markers[marker]
        place = bisect_left(marks, hit.start - reach - 4, key=lambda mark: mark.start)
        near: list[Hit] = []
        while place < len(marks) and marks[place].start <= hit.end + reach:
            near.append(marks[place])
            place += 1
        return near

    def _before(self, marker: Marker, hit: Hit, reach: int) -> bool:
        return any(
            mark.end <= hit.start and hit.start - mark.end <= reach and self._one_clause(mark, hit)
            for mark in self._around(marker, hit, reach)
        )

    def _beside(self, marker: Marker, hit: Hit, reach: int) -> bool:
        return any(
            max(mark.start - hit.end, hit.start - mark.end) <= reach and self._one_clause(mark, hit)
            for mark in self._around(marker, hit, reach)
        )

    def _is_expected(self, hit: Hit) -> bool:
        """Whether it is said to be normal, beside it or in the clause after ("肿,医生说正常")."""
        clause = self.words[hit.end - 1].clause
        return self._beside(Marker.EXPECTED, hit, EXPECTED_REACH) or any(
            0 <= mark.start - hit.end <= NEXT_EXPECTED_REACH
            and self.words[mark.start].clause == clause + 1
            for mark in self._in_sentence(Marker.EXPECTED, hit)
        )

    def _elsewhere(self, hit: Hit) -> bool:
        """Whether it happened at another clinic or to somebody else."""
        for mark in self._in_sentence(Marker.ELSEWHERE, hit):
            if self._one_clause(mark, hit):
                return True
            turned = any(
                mark.end <= turn.start < hit.start for turn in self._in_sentence(Marker.TURNS, hit)
            )
            if mark.end <= hit.start and not turned:
                return True
        return False

    def _healed(self, hit: Hit) -> bool:
        return any(
            mark.start >= hit.end and not self._denied_before(mark)
            for mark in self._in_sentence(Marker.HEALED, hit)
        )

    def _long_over(self, hit: Hit) -> bool:
        return self._healed(hit) and bool(self._in_sentence(Marker.LONG_AGO, hit))

    def _conceded(self, hit: Hit, concept: Concept) -> bool:
        """Whether the client says it isn't what this is about ("I can live with that")."""
        return (
            concept.severity in (Severity.MINOR, Severity.MODERATE)
            and concept.type is not ComplaintType.SAFETY
            and any(mark.start >= hit.end for mark in self._in_sentence(Marker.CONCEDES, hit))
        )

    def _in_sentence(self, marker: Marker, hit: Hit) -> list[Hit]:
        sentence = self.words[hit.start].sentence
        marks = self.markers[marker]
        first = bisect_left(marks, sentence, key=lambda mark: self.words[mark.start].sentence)
        last = bisect_left(marks, sentence + 1, key=lambda mark: self.words[mark.start].sentence)
        return marks[first:last]

    def _one_clause(self, one: Hit, other: Hit) -> bool:
        return self.words[one.start].clause == self.words[other.start].clause

    def _focused(self, start: int) -> bool:
        marks = self.markers[Marker.FOCUS]
        return bool(marks) and marks[0].end <= start


def _without_swallowed(hits: Sequence[Hit], open_to: Set[str]) -> list[Hit]:
    """The hits but for those inside a longer one, whose words are the longer one's.

    Those named in `open_to` hide nothing and are hidden as others are.
    """
    kept: list[Hit] = []
    furthest: Hit | None = None
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if hit.name == Marker.COMMON or hit.name == Marker.ORDINARY:
            continue
        inside = (
            furthest is not None
            and hit.end <= furthest.end
            and (hit.start, hit.end) != (furthest.start, furthest.end)
        )
        if inside and furthest and (not hit.gaps or hit.end < furthest.end):
            continue
        kept.append(hit)
        hides = not hit.gaps and hit.name not in open_to
        if hides and (furthest is None or hit.end > furthest.end):
            furthest = hit
    taken = {
        at
        for hit in kept
        if hit.gaps
        for at in range(hit.start, hit.end)
        if not any(start <= at < end for start, end in hit.gaps)
    }
    return [hit for hit in kept if hit.name != Marker.DENIES or hit.start not in taken]
