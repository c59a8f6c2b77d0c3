-- The generic cell rate algorithm, for several askings one after the other: of each, one is taken
-- of each of its quotas, or of none.
-- KEYS: what is counted, each once. ARGV: of each key its interval and tolerance; then of each
-- asking now, how many keys it has, and which; times in microseconds.
-- Answers, of each key of each asking, the wait and what is kept ahead of now.
-- Numbers are doubles: microseconds of this century have room in their 53 bits.
-- What many askings count is read once and written once.
local arrival, newest, interval, tolerance = {}, {}, {}, {}
for i = 1, #KEYS do
  arrival[i] = tonumber(redis.call('GET', KEYS[i]) or '0')
  interval[i], tolerance[i] = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
end
local answer, place = {}, 2 * #KEYS + 1
while place < #ARGV do
  local now, count = tonumber(ARGV[place]), tonumber(ARGV[place + 1])
  local ahead, allowed = {}, true
  for nth = 1, count do
    local i = tonumber(ARGV[place + 1 + nth])
    local kept = math.min(math.max(arrival[i] - now, 0), tolerance[i])
    local wait = math.max(kept + interval[i] - tolerance[i], 0)
    if wait > 0 then
      allowed = false
    else
      kept = kept + interval[i]
    end
    ahead[nth] = kept
    answer[#answer + 1], answer[#answer + 2] = wait, kept
  end
  if allowed then
    for nth = 1, count do
      local i = tonumber(ARGV[place + 1 + nth])
      arrival[i], newest[i] = now + ahead[nth], now
    end
  end
  place = place + 2 + count
end
for i, now in pairs(newest) do
  redis.call('SET', KEYS[i], string.format('%.0f', arrival[i]), 'PX', math.ceil((arrival[i] - now) / 1000) + 1)
end
return answer
