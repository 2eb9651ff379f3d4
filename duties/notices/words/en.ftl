notices-assigned = [Muster] { $name }: { $when } at { $site } ({ $address }) as { $role }. Site chief { $chief }, { $chief_phone }. Please confirm:
notices-changed = [Muster] { $name }: your post has changed. { $when } at { $site } ({ $address }) as { $role }. Site chief { $chief }, { $chief_phone }. Please tap "seen":
notices-released = [Muster] { $name }: your post at { $site } is cancelled, please do not go. Thank you.
