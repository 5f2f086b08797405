-- What wrk sends: registrations, each with an address, a name and an idempotency key of its own.
-- Arguments: a word that no other run has, how many sessions each basket holds, then the ids of the
-- sessions. Those of a basket lie far from each other, as a family's are: on other days.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  run = args[1]
  basket = tonumber(args[2])
  sessions = {}
  for index = 3, #args do
    sessions[index - 2] = args[index]
  end
  sent = 0
end

function request()
  sent = sent + 1
  local bookings = {}
  for part = 1, basket do
    local place = sent - 1 + (part - 1) * math.floor(#sessions / basket)
    bookings[part] = string.format(
      '{"session_id":"%s","party":{"adults":%d,"children":%d}}',
      sessions[place % #sessions + 1], sent % 2 + 1, sent % 3
    )
  end
  local body = string.format(
    '{"email":"famille.%d@example.org","name":"Famille Durand-%d","locale":"fr","bookings":[%s]}',
    sent, sent, table.concat(bookings, ",")
  )
  local headers = {
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = run .. "-" .. sent,
  }
  return wrk.format("POST", nil, headers, body)
end

function done(summary, latency)
  local sent_by_all = 0
  for _, thread in ipairs(threads) do
    sent_by_all = sent_by_all + thread:get("sent")
  end
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  io.write(string.format(
    'RESULT {"answered":%d,"sent":%d,"failed":%d,"microseconds":%d,"percentiles":[%d,%d,%d]}\n',
    summary.requests - errors.status, sent_by_all, failed, summary.duration,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)
  ))
end
