select runId, count(*) as events, max(rawTime) as lastSecond, max(distance) as furthest
from parkrun
group by runId
order by runId
option(skipUpsert=true)
