board-board = Board
board-wall = Wall screen
board-report = Situation report
board-as-of = as of { $at }
board-orders = Open orders
board-whole-district = whole district
board-sentence-set-up = { $set_up } of { $sites } sites set up; every post has a name.
board-sentence-set-up-short = { $set_up } of { $sites } sites set up; { $gap } posts have nobody yet, worst: { $emptiest }.
board-sentence-people = Everybody is in place at { $sites } sites, { $ready } ready.
board-sentence-people-short = { $set_up } of { $sites } sites set up, { $ready } ready; { $people } people not yet in place at { $short } sites, worst: { $worst }.
board-sentence-over = The sites may close: { $closed } of { $sites } have.
board-sentence-silent = { $count ->
    [one] { $sentence } One site is not heard of.
   *[other] { $sentence } { $count } sites are not heard of.
}
board-clock-order = Order
board-clock-set-up = Set up
board-clock-in-place = In place
board-clock-close = Close
board-short = Not in place
board-at-sites = { $count ->
  [one] at one site
 *[other] at { $count } sites
}
board-silent = Silent
board-sites = Sites
board-site = Site
board-code = Code
board-state = State
board-people = In place
board-exceptions = To be mended
board-all-well = All is well: no site needs anything.
board-missing = { $count } missing
board-silent-since = silent since { $at }
board-will-miss-set-up = will not be set up by { $set_up }
board-will-miss-in-place = will not have everybody by { $in_place }
board-missed-set-up = was to be set up by { $set_up }
board-missed-in-place = was to have everybody by { $in_place }
board-waiting = { $count ->
  [one] one request open, { $ago }
 *[other] { $count } requests open, oldest { $ago }
}
board-more = { $count ->
  [one] and one more site
 *[other] and { $count } more sites
}
board-overdue = overdue
board-call-for-people = needs people
board-called-for = { $count } more: { $role }
board-act-proposal = See the proposal
board-act-request = See request
board-act-people = Send people
board-act-chief = Name a chief
board-act-call = Reach the chief
board-requests = Requests
board-no-requests = No request is open.
board-open = { $count } open
board-loud = { $count } escalated
board-open-requests = Open requests
board-map = Map
board-legend = Legend
board-trends = Trends
board-no-trends = Trends begin after a minute.
board-most = full scale { $count }
board-set-up = Set up
board-arrived = In place
board-no-order = No order is under way.
board-to-orders = To the orders
board-clock-now = Drill time { $at }
board-pause = Pause
board-below-crew = below the minimum crew: at least { $count } more
board-crew-holds = minimum crew is there
board-drill = Drill
board-state-short = short
board-state-late = late
board-state-silent = silent
board-state-at_risk = at risk
board-state-underway = under way
board-state-set_up = set up
board-state-ready = ready
board-state-over = over
board-state-idle = no duty
board-mender-site_chief = the chief mends it
board-mender-zone_lead = the zone lead goes and looks
board-mender-allocation = the allocation group sends people
board-and = {", "}
board-zone-sentence = { $set_up } of { $sites } sites set up, { $ready } ready, nobody missing.
board-zone-sentence-short = { $set_up } of { $sites } sites set up, { $ready } ready, { $people } people missing; look at { $worst } first.
board-zone-empty = This zone has no sites yet. Ask the duty officer to make zones.
board-lacks = Cannot open without: { $what }
board-heard = heard of { $ago }
board-call = Call { $name }
board-no-chief = no chief named
board-print = Print
board-sheet = Workbook
board-milestones = Milestones
board-milestone = Milestone
board-planned = Planned
board-actual = Actual
board-result = Reached
board-first = First
board-last = Last
board-of = Of
board-figures = Figures
board-figure = Figure
board-count = Number
board-need = Needed
board-assigned = Assigned
board-acknowledged = Acknowledged
board-in-time = In place in time
board-came = Came in all
board-declined = Declined
board-replans = Re-plans
board-moved = People moved
board-called = People called
board-shortages = Shortages
board-told = People told
board-by-division = By division
board-division = Division
board-group = Group
board-raised = Raised
board-closed = Closed
board-escalated = Escalated
board-taken-after = Taken after (min, median)
board-done-after = Done after (min, median)
board-set-up-at = Set up at
board-opened-at = Opened at
board-footer = Made { $at } · journal head { $head }
