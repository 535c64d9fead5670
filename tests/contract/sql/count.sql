select count(*) from parkrun
