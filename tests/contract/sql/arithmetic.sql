select competitorId, 5/2 as half, rawTime / 7 as part, 1 / distance as infinite, distance / rawTime as speed
from parkrun
where runId = '11111111-2222-4333-8444-555555555555' and competitorId >= 3
order by competitorId
