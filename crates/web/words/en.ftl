# The frame
web-muster = Muster
web-no-network = No network: what you send now does not arrive. Wait until this line is gone.
web-unsent = { $count } on this phone, not sent yet, the oldest { $age }
web-skip = Skip to the content
web-navigation = Pages
web-other-language = 中文
web-drill = Drill clock
web-sign-out = Sign out
web-back = Back
web-save = Save
web-create = Create
web-saved = Saved.

# Coming in
web-sign-in = Sign in
web-login = Login
web-password = Password
web-sign-in-hint = Volunteers and site chiefs need no password: open the personal link from your notice.
web-enter = Come in
web-enter-title = Your personal entrance
web-enter-hint = This link is yours alone. Do not pass it on.
web-new-password = New password
web-password-hint = At least { $least } characters. A short sentence is easy to remember.
web-sign-in-oidc = Sign in with your organisation’s identity
web-password-set = The password is set.

# Accounts
web-accounts = Accounts
web-name = Name
web-roles = Roles
web-role = Role
web-phone = Telephone
web-new-account = New account
web-account-created = The account is there. Make a link for its holder to come in by.
web-account-reinstated = The account works again; its owner signs in anew.
web-account-suspended = The account is suspended; its sessions have ended.
web-suspended = suspended
web-looked-at-many = Looked at { $count } people within an hour. Ask why; if nobody knows, suspend the account.
web-reinstate = Let in again
web-change-roles = Change roles
web-take-role = Take away: { $role }
web-give-role = Give this role
web-suspend = Suspend
web-suspend-sure = Suspend { $login }? Sessions and links of this account end at once.
web-make-link = One-time link
web-link-title = One-time link
web-link-hint = Hand this to its holder now. It works once, within 24 hours, and is not shown again.
web-link-address = Address
web-identity = Identity ({ $claim })
web-claim-email = e-mail address
web-identity-hint = How the holder is called at the identity provider. The first sign-in joins the two; afterwards a changed address there opens nothing.
web-identity-save = Save identity
web-identity-joined = joined
web-identity-written = The identity is saved. Whoever came in by the former one has to sign in again.
web-role-changed = Saved. The holder has to sign in again.
web-tokens = API tokens
web-tokens-hint = Lasting keys of devices and programs, made on the server with muster token. Withdraw one when its device is lost or replaced.
web-token-for = For
web-token-made = Made
web-withdraw-token = Withdraw
web-withdraw-token-sure = Withdraw “{ $label }”? The device that uses it is cut off at once.
web-token-withdrawn = The token is withdrawn.
web-pages = All pages
web-address = Address
web-right = Right

role-administrator = Administrator
role-duty_officer = Duty officer
role-allocator = Volunteer allocation group
role-prevention_group = Prevention service group
role-assessment_group = Assessment group
role-zone_lead = Zone lead
role-site_chief = Site chief
role-volunteer = Volunteer

post-gatekeeper = Gatekeeper
post-registrar = Registrar
post-queue_marshal = Queue marshal
post-runner = Supply runner
post-checkpoint_guard = Checkpoint guard
post-driver = Supply driver

group-allocation = Volunteer allocation group
group-prevention = Prevention service group
group-assessment = Assessment group

# Time
web-enter-by-badge = Volunteers: enter with your badge
web-times-in = All times are local ({ $zone })
web-undo = Undo
web-draft = Not saved yet: what was typed at { $at }
web-discard = Discard
web-print = Print
web-way-back = Scan to open this page. Printed { $at }
web-to-imports = Go to imports
web-ago-s = { $count ->
  [one] 1 s ago
 *[other] { $count } s ago
}
web-ago-min = { $count } min ago
web-ago-h = { $minutes ->
    [0] { $count } h ago
   *[other] { $count } h { $minutes } min ago
  }
web-ago-d = { $count ->
  [one] 1 day ago
 *[other] { $count } days ago
}
web-until-s = in { $count } s
web-until-min = in { $count } min
web-until-h = { $minutes ->
    [0] in { $count } h
   *[other] in { $count } h { $minutes } min
  }
web-until-d = { $count ->
  [one] in 1 day
 *[other] in { $count } days
}
web-late-s = { $count } s late
web-late-min = { $count } min late
web-late-h = { $minutes ->
    [0] { $count } h late
   *[other] { $count } h { $minutes } min late
  }
web-late-d = { $count ->
  [one] 1 day late
 *[other] { $count } days late
}

# Two versions under one key
web-conflicts = To decide
web-conflicts-hint = One record came with two contents. The first took effect, the second did not; both are kept. Check, then choose one.
web-conflicts-none = Nothing to decide. A record appears here only when a phone sends it again with other content.
web-conflicts-home = To the first page
web-conflicts-more = { $count } more appear when these are decided.
web-conflict-first = Came first, took effect
web-conflict-second = Came second, no effect
web-conflict-first-unknown = The first was not kept beside; what is on record stands.
web-conflict-device = Device: { $label }
web-conflict-open-person = See this person
web-conflict-open-site = See the site's people
web-conflict-keep-first = The first is right
web-conflict-take-second = Do the second
web-conflict-noted = Both noted, change nothing
web-conflict-decided = Decided, and written in the journal.
web-conflict-undecided = Taken back: it waits for a decision again.
web-way-in = arrived
web-way-out = left
web-way-undo = take back the last one
web-kind-people = people
web-kind-supplies = supplies
web-kind-problem = problem
web-yes = yes
web-no = no
web-field-person = Name
web-field-volunteer = Person
web-field-badge = Badge code
web-field-at = Time
web-field-way = Act
web-field-role = Role
web-field-device = Phone
web-field-text = Text
web-field-details = Text
web-field-note = Note
web-field-reason = Reason
web-field-kind = Kind
web-field-item = Item
web-field-done = Done
web-field-count = Count
web-field-name = Name
web-field-login = Login
web-field-story = Deed
web-disk-low = Only { $free } % of the server's disk is free. Administrator: make room soon. When it is full nothing can be recorded; reading goes on.

# Lists that leave as files
web-export = Take as a file
web-export-why = What for
web-export-note = In words (needed for “something else”)
web-export-hint = Who took it, when and why stands in the journal and at the foot of the file. A long list needs a second person's word first.
web-export-why-duty = To place and call people for this duty
web-export-why-superior = A report the superior asked for
web-export-why-commendation = Thanks and commendation
web-export-why-mending = To mend rows and send them again
web-export-why-other = Something else
web-export-asked = A second person is asked. When they have agreed, take the file here.
web-export-foot = Taken by { $who }, { $at }, for: { $why }
web-export-foot-agreed = agreed by { $who }
web-export-foot-forced = emergency way, nobody else asked ({ $who })
web-export-people = { $count ->
  [one] one person
 *[other] { $count } people
}
web-exports-own = My exports
web-exports-own-hint = What I have asked for. A file that was agreed to can be taken once, within an hour.
web-exports-own-none = Nothing was asked for. Long lists are asked for on their own pages.
web-exports-waiting = Exports to agree to
web-exports-waiting-hint = Somebody wants to take a long list of people. Ask back if you do not know why. Your agreement holds for one file, within an hour.
web-exports-waiting-none = Nothing waits for your word.
web-exports-forced = Taken by the emergency way, last 24 hours
web-exports-forced-by = Took { $count ->
  [one] a long list
 *[other] { $count } long lists
} by the emergency way within the last day. Ask why.
web-export-another = Somebody else has to agree to your own request.
web-export-agree = Agree
web-export-say-no = Say no
web-export-agreed-said = Agreed. Whoever asked can take the file now.
web-export-refused-said = Said no. Whoever asked is shown it.
web-export-take = Take the file
web-export-force = I am alone: emergency way
web-export-force-sure = Take this list without a second person? The administrator is shown it, and it stands in the journal and on the file.
web-export-forced-said = Take the file now. The administrator is shown that nobody else agreed.
web-export-waiting = waiting for a second person
web-export-open = agreed to
web-export-refused = refused
web-export-taken = taken
web-export-over = too late
web-list-plan = Plan
web-list-commendations = Commendation list
web-list-rejected_rows = Rejected rows

# Refusals
web-refused-title = That did not happen
web-refused-code = Number { $code } · request { $request }
web-refused-1 = Sign in first.
web-refused-2 = There is nothing here, or it is not yours to see. Check the address, or ask whoever sent it.
web-refused-3 = The request could not be read: { $reason }. Mend it and send it again.
web-refused-4 = This was sent before with other content. The new content is kept for the duty officer to settle; nothing was changed.
web-refused-5 = This request came from another site. Open the page here and try again.
web-refused-6 = Too many tries. Wait a quarter of an hour, or ask for a new link.
web-refused-7 = Login, password or code is not right. Try again, or ask for a new link.
web-refused-8 = This link has been used, withdrawn or has expired. Ask for a new one.
web-refused-9 = The password is too short: at least { $least } characters.
web-refused-10 = The login { $login } is taken. Choose another.
web-refused-11 = That is too large: at most { $most }.
web-refused-12 = The server is busy. Your work is not lost; try again in a moment.
web-refused-13 = Something broke on our side. Nothing was changed. Try again; if it happens again, name the number below.
web-refused-14 = This is the last administrator. Make another one first.
web-refused-15 = This address cannot be used that way.
web-refused-16 = This server runs on real time; its clock cannot be moved.
web-refused-17 = The server's disk is full: this was not recorded; reading goes on. Tell the administrator to make room, then send again.
web-refused-18 = Somebody has decided this already. Load the page again.
web-refused-19 = The second version cannot be done now: { $reason } Choose another way, or record it by hand on its page.
web-refused-20 = Say what the list is for: choose a reason, and for “something else” say it in words.
web-refused-21 = This agreement has been used, is older than an hour, or was for another or a shorter list. Ask again on the list's own page.
web-refused-22 = Somebody else has to agree to your own request. If you are alone on duty, use the emergency way under “My exports”.
web-refused-23 = Too much in one request: at most { $most } values. Send it in several.
web-refused-24 = This server knows no identity provider. Sign in with your password or your personal link.
web-refused-25 = This sign-in was used already, took longer than ten minutes, or was begun in another browser. Begin again on the sign-in page.
web-refused-26 = You are known to your organisation, but no account here is yours, or it is suspended. Ask an administrator to write your { $claim } into your account.
web-refused-27 = Your organisation has not confirmed your e-mail address. Confirm it there, then sign in again.
web-refused-28 = Your organisation did not let you in. Begin again on the sign-in page, or use your password.
web-refused-29 = Your organisation’s sign-in does not answer. Use your password, or try again in a minute.
web-refused-30 = What your organisation’s sign-in answered cannot be trusted. Begin again; if it happens again, tell an administrator and use your password.
web-refused-31 = Another account bears this identity. Take it away there first, or write another.
web-refused-32 = This was said on this device by somebody else, and only they can send it: let them sign in here again.
