# What becomes of rows
places-row-no-code = no code: give the row one that no other row has
places-row-no-name = no name: give the row one
places-row-too-long = { $column } is too long: shorten it
places-row-twice = the code { $code } is already in this file: the first row was taken
places-row-unknown-division = no division { $division }: write its nine-digit code, or bring the divisions in first
places-row-ambiguous-division = more than one division is called { $division }: write the code, one of { $codes }
places-row-other-district = division { $division } is not in this district: its code begins with other digits
places-row-bad-priority = priority { $priority }: write 1, 2 or 4
places-row-too-many = { $people } people for one role: check the number
places-column-code = code
places-column-name = name
places-column-address = address
