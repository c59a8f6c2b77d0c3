-- Counts a try under each key, or under none when one of them must wait.
-- KEYS: what is counted. ARGV: now, then of each key free, first, most and memory; times in
-- microseconds. Answers the longest wait.
local now = tonumber(ARGV[1])
local tries, longest = {}, 0
for i, key in ipairs(KEYS) do
  local kept = redis.call('HMGET', key, 'count', 'until')
  tries[i] = tonumber(kept[1] or '0')
  local wait = math.min(tonumber(kept[2] or '0') - now, tonumber(ARGV[4 * i]))
  longest = math.max(longest, wait)
end
if longest > 0 then
  return longest
end
for i, key in ipairs(KEYS) do
  local free, first = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
  local most, memory = tonumber(ARGV[4 * i]), tonumber(ARGV[4 * i + 1])
  -- A free try has no time: clocks of processes differ.
  local count, till = tries[i] + 1, 0
  if count > free then
    till = now + math.min(first * 2 ^ math.min(count - free - 1, 40), most)
  end
  redis.call('HSET', key, 'count', count, 'until', string.format('%.0f', till))
  redis.call('PEXPIRE', key, math.ceil(memory / 1000))
end
return 0
