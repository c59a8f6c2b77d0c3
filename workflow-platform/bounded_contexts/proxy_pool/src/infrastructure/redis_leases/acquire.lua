-- KEYS: leases of the proxy, what the lease probes, breakers to be probed.
-- ARGV: lease, limit, ttl (ms), probe ttl (ms).
-- Answers 0 granted, 1 full, 2 probed by somebody else. The clock is that of Redis.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return 1
end
for at = 3, #KEYS do
  if redis.call('EXISTS', KEYS[at]) == 1 then
    return 2
  end
end
for at = 3, #KEYS do
  redis.call('SET', KEYS[at], ARGV[1], 'PX', ARGV[4])
  redis.call('SADD', KEYS[2], KEYS[at])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 0
