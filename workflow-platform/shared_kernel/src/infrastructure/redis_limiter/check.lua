-- The generic cell rate algorithm, for several askings one after the other: of each, one is taken
-- of each of its quotas, or of none.
-- KEYS: what is counted, asking after asking. ARGV: of each asking now, how many keys it has, and
-- of each of them interval and tolerance; times in microseconds.
-- Answers, of each key, the wait and what is kept ahead of now.
-- Numbers are doubles: microseconds of this century have room in their 53 bits.
local answer, first, place = {}, 1, 1
while place < #ARGV do
  local now, last = tonumber(ARGV[place]), first + tonumber(ARGV[place + 1]) - 1
  local ahead, allowed = {}, true
  place = place + 2
  for i = first, last do
    local interval, tolerance = tonumber(ARGV[place]), tonumber(ARGV[place + 1])
    local kept = tonumber(redis.call('GET', KEYS[i]) or '0') - now
    kept = math.min(math.max(kept, 0), tolerance)
    local wait = math.max(kept + interval - tolerance, 0)
    if wait > 0 then
      allowed = false
      ahead[i] = kept
    else
      ahead[i] = kept + interval
    end
    answer[2 * i - 1], answer[2 * i] = wait, ahead[i]
    place = place + 2
  end
  if allowed then
    for i = first, last do
      redis.call('SET', KEYS[i], string.format('%.0f', now + ahead[i]), 'PX', math.ceil(ahead[i] / 1000) + 1)
    end
  end
  first = last + 1
end
return answer
