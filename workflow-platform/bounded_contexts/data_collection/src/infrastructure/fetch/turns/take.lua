-- One turn at a host, if one is free.
-- KEYS: the host's record, the places that are held. ARGV: interval, parallel, lease, ahead, member.
-- Answers {kind, wait}: 0 a turn, 1 later, 2 paused. All in microseconds.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, parallel, lease, ahead = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local record = redis.call('HMGET', KEYS[1], 'next', 'paused')
local next_at, paused = tonumber(record[1] or '0'), tonumber(record[2] or '0')
if paused > now then
  return {2, paused - now}
end
local at = math.max(next_at, now)
if at - now > ahead then
  return {1, at - now - ahead}
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('ZCARD', KEYS[2]) >= parallel then
  return {1, 0}
end
redis.call('ZADD', KEYS[2], at + lease, ARGV[5])
redis.call('PEXPIRE', KEYS[2], math.ceil((at - now + lease) / 1000) + 1000)
redis.call('HSET', KEYS[1], 'next', string.format('%.0f', at + interval))
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), 7200000))
return {0, at - now}
