select runId, eventId, competitorId, rawTime, "timestamp", lat, lon, location, course, distance
from parkrun
where competitorId = 551870
