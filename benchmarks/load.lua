-- What wrk sends: registrations, each with an address, a name and an idempotency key of its own.
-- Arguments: a word that no other run has, then the ids of the sessions.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  run = args[1]
  sessions = {}
  for index = 2, #args do
    sessions[index - 1] = args[index]
  end
  sent = 0
end

function request()
  sent = sent + 1
  local session = sessions[(sent - 1) % #sessions + 1]
  local body = string.format(
    '{"email":"famille.%d@example.org","name":"Famille Durand-%d","locale":"fr",'
      .. '"bookings":[{"session_id":"%s","party":{"adults":%d,"children":%d}}]}',
    sent, sent, session, sent % 2 + 1, sent % 3
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
    'RESULT {"answered":%d,"sent":%d,"failed":%d,"microseconds":%d,"p99_microseconds":%d}\n',
    summary.requests - errors.status, sent_by_all, failed, summary.duration,
    latency:percentile(99)
  ))
end
