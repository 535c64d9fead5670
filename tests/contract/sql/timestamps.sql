select competitorId, rawTime, "timestamp"
from parkrun
where "timestamp" >= '2026-01-01 09:17:00' and "timestamp" < '2026-01-01 09:19:10'
order by competitorId, rawTime
option(skipUpsert=true)
