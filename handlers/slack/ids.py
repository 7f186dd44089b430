"""Every id that people's saved messages and other programs depend on; never rename one."""

from __future__ import annotations

COMMAND = "/complaint"

FILE_COMPLAINT = "file_complaint"
"""Callback id of the filing modal, of the global shortcut and of Home's button."""
FILE_FROM_MESSAGE = "file_from_message"
"""Callback id of the message shortcut."""
SHEET = "complaint_sheet"
"""Callback id of the modal that shows everything about one complaint."""

# Buttons on messages, in the sheet and on the Home tab. The value is the complaint's reference,
# where nothing else is said.
ACKNOWLEDGE = "acknowledge"
CONTACT = "contact"
TRIED = "tried"
CLAIM = "claim"
ASSIGN = "assign"
CHANGE_SEVERITY = "change_severity"
MOVE = "move"
NEXT_STEP_DONE = "next_step_done"
NOTE = "note"
REPLY = "reply"
FOLLOW_UP = "follow_up"
FOLLOW_UP_DONE = "follow_up_done"
CHANGE_TIME = "change_time"
ESCALATE = "escalate"
TAKE_CHARGE = "take_charge"
CALLING = "calling"
EMERGENCY_CARE = "emergency_care"
ALL_CLEAR = "all_clear"
EMERGENCY_FACTS = "emergency_facts"
"""Opens what is missing in a medical emergency."""
SNOOZE_BUSY = "snooze_busy"
SNOOZE_CALLING = "snooze_calling"
SNOOZE_WAITING = "snooze_waiting"
PAUSE = "pause"
RESUME = "resume"
STILL_MINE = "still_mine"
RESOLVE = "resolve"
REOPEN = "reopen"
CLOSE = "close"
WITHDRAW = "withdraw"
OPEN = "open"
USE_SUGGESTION = "use_suggestion"
"""Files with the severity that the words suggest."""
KEEP_CHOICE = "keep_choice"
"""Files with the severity that was chosen, although the words suggest a higher one."""
TALK_FORM = "talk_form"
"""Opens the filing form with what was written to us; the value is where that is kept."""
TALK_WALK = "talk_walk"
"""Files what was written to us question by question."""
TALK_NO = "talk_no"
TALK_NOTE = "talk_note"
"""Adds a reply under a message of ours as a note; the value: the complaint, where it is kept."""
TALK_CHOOSE = "talk_choose_"
"""With a number: one of the answers to a question. The block's id tells the conversation's turn."""
TALK_PERSON = "talk_person"
TALK_BACK = "talk_back"
TALK_SKIP = "talk_skip"
TALK_CANCEL = "talk_cancel"
TALK_FILE = "talk_file"
TALK_NO_ALARM = "talk_no_alarm"
TALK_GO_ON = "talk_go_on"
TALK_ANEW = "talk_anew"
TALK_STEPS = (
    TALK_BACK,
    TALK_SKIP,
    TALK_CANCEL,
    TALK_FILE,
    TALK_NO_ALARM,
    TALK_GO_ON,
    TALK_ANEW,
)
"""What can be wanted in a conversation instead of an answer."""
MORE_HELP = "more_help"
"""Shows the verbs that the short help leaves out."""

SEVERITY = "severity"
LOCATION = "location"
"""The select in the severity form; choosing shows what would change."""

CHECK_WORDING = "check_wording"
"""Shows what in a form's text could be said better."""

SNOOZES = (SNOOZE_BUSY, SNOOZE_CALLING, SNOOZE_WAITING)

FORMS = (
    ACKNOWLEDGE,
    CONTACT,
    TRIED,
    NEXT_STEP_DONE,
    RESOLVE,
    FOLLOW_UP,
    CHANGE_TIME,
    FOLLOW_UP_DONE,
    PAUSE,
    NOTE,
    REPLY,
    CHANGE_SEVERITY,
    MOVE,
    ASSIGN,
    ESCALATE,
    REOPEN,
    WITHDRAW,
    CLOSE,
    ALL_CLEAR,
    EMERGENCY_FACTS,
)
"""Actions that open a modal; its callback id is the action's."""

AT_ONCE = (CLAIM, TAKE_CHARGE, RESUME, STILL_MINE, CALLING, EMERGENCY_CARE, *SNOOZES)
"""Actions that do their work without asking anything."""

EVENT_PREFIX = "amends_"
"""Metadata `event_type` of bot messages: this and the message's key."""
