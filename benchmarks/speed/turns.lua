-- What wrk sends: people who write unique messages, `turns` of them each, and think `think` milliseconds on average in between.
-- Arguments: sentences file, turns in a conversation, think time, a word that a good reply holds, file for the time of each turn or
-- '-', conversations side by side.
-- The time of each turn is kept with one connection only: wrk does not say which request an answer belongs to.
local ffi = require("ffi")
ffi.cdef [[ struct moment { long sec; long nsec; }; int clock_gettime(int, struct moment *); ]]
local moment = ffi.new("struct moment")

local function now()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.sec) * 1e6 + tonumber(moment.nsec) / 1e3
end

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(args)
  sentences = {}
  for line in io.lines(args[1]) do sentences[#sentences + 1] = line end
  turns, think, good = tonumber(args[2]), tonumber(args[3]), args[4]
  times = args[5] ~= "-" and io.open(args[5], "w") or nil
  side = tonumber(args[6])
  math.randomseed(number + 11)
  run = math.floor(now())
  sent, bad = 0, 0
end

function delay()
  return think > 0 and math.random(math.floor(think / 2), math.floor(think * 3 / 2)) or 0
end

function request()
  -- Nobody writes twice at once: with more connections the conversations take turns, so that two messages of one are never on their way.
  local conversation = math.floor(sent / (turns * side)) * side + sent % side
  turn = math.floor(sent / side) % turns + 1
  sent = sent + 1
  local words = sentences[math.random(#sentences)] .. " " .. math.random(100000)
  local body = string.format('{"sender": "%d-%d-%d", "message": "%s"}', run, number, conversation, words)
  began = now()
  return wrk.format("POST", nil, {["Content-Type"] = "application/json"}, body)
end

function response(status, headers, body)
  if status ~= 200 or not string.find(body, good, 1, true) then bad = bad + 1 end
  if times then times:write(turn, " ", math.floor(now() - began), "\n"); times:flush() end
end

function done(summary, latency, requests)
  local wrong = 0
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("bad") end
  local faults = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('\nRESULT {"requests": %d, "seconds": %.3f, "p50": %.0f, "p90": %.0f, "p99": %.0f, "max": %.0f, "bad": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
    wrong + faults))
end
