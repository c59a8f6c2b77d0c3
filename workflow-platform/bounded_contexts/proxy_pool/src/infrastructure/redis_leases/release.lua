-- KEYS: leases of the proxy, what the lease probes. ARGV: lease.
redis.call('ZREM', KEYS[1], ARGV[1])
local probes = redis.call('SMEMBERS', KEYS[2])
for _, probe in ipairs(probes) do
  if redis.call('GET', probe) == ARGV[1] then
    redis.call('DEL', probe)
  end
end
redis.call('DEL', KEYS[2])
return 0
