-- A pause for a host in trouble.
-- KEYS: the host's record. ARGV: first, asked (0: nothing), longest, forgiven after; microseconds.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local first, asked, longest, forgiven = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local record = redis.call('HMGET', KEYS[1], 'strikes', 'struck', 'paused')
local strikes, struck, paused = tonumber(record[1] or '0'), tonumber(record[2] or '0'), tonumber(record[3] or '0')
if now - struck > forgiven then
  strikes = 0
end
strikes = math.min(strikes + 1, 20)
local pause = asked
if pause == 0 then
  pause = first * 2 ^ (strikes - 1)
end
pause = math.min(pause, longest)
redis.call('HSET', KEYS[1], 'strikes', strikes, 'struck', string.format('%.0f', now),
  'paused', string.format('%.0f', math.max(paused, now + pause)))
redis.call('PEXPIRE', KEYS[1], 7200000)
return math.max(paused - now, pause)
