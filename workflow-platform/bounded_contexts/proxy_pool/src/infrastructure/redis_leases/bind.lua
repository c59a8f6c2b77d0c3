-- KEYS: session. ARGV: proxy, ttl (ms), most uses (0: any number), proxies to be avoided.
-- Answers the proxy that the session goes through.
local bound = redis.call('HMGET', KEYS[1], 'proxy', 'uses')
local most = tonumber(ARGV[3])
local lasts = bound[1] and (most == 0 or tonumber(bound[2]) < most)
for at = 4, #ARGV do
  if ARGV[at] == bound[1] then
    lasts = false
  end
end
if lasts then
  if bound[1] == ARGV[1] then
    redis.call('HINCRBY', KEYS[1], 'uses', 1)
  end
  return bound[1]
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'proxy', ARGV[1], 'uses', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return ARGV[1]
