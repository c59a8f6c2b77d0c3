-- The generic cell rate algorithm over several keys: one is taken of each quota, or of none.
-- KEYS: what is counted. ARGV: now, then of each key interval and tolerance; all in microseconds.
-- Answers, of each key, the wait and what is kept ahead of now.
-- Numbers are doubles: microseconds of this century have room in their 53 bits.
local now = tonumber(ARGV[1])
local answer, ahead, allowed = {}, {}, true
for i, key in ipairs(KEYS) do
  local interval, tolerance = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local kept = tonumber(redis.call('GET', key) or '0') - now
  kept = math.min(math.max(kept, 0), tolerance)
  local wait = math.max(kept + interval - tolerance, 0)
  if wait > 0 then
    allowed = false
    ahead[i] = kept
  else
    ahead[i] = kept + interval
  end
  answer[2 * i - 1], answer[2 * i] = wait, ahead[i]
end
if allowed then
  for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.0f', now + ahead[i]), 'PX', math.ceil(ahead[i] / 1000) + 1)
  end
end
return answer
