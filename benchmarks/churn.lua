-- What wrk sends: in every session by turns somebody cancels, the next who waits takes the place that
-- he is offered, and somebody new joins the waitlist.
-- Arguments: a word that no other run has, a cookie and its CSRF token, then for each session its id
-- and, after commas, the tokens and booking ids of those who have a place or wait, first come first.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  run, cookie, csrf = args[1], args[2], args[3]
  sessions = {}
  for index = 4, #args do
    local queue = {first = 1, offered = 1, people = {}}
    for part in args[index]:gmatch("[^,]+") do
      if not queue.id then
        queue.id = part
      else
        local token, booking = part:match("^(.*)/(.*)$")
        table.insert(queue.people, {token = token, booking = booking})
      end
    end
    sessions[index - 3] = queue
  end
  held, sent, made = 10, 0, {0, 0, 0}
end

local function cancel(session)
  local person = session.people[session.first]
  if not person then return nil end
  session.first = session.first + 1
  made[1] = made[1] + 1
  return wrk.format("DELETE", "/api/v1/registrations/" .. person.token)
end

local function accept(session)
  if session.offered >= session.first then return nil end
  local person = session.people[session.offered + held]
  session.offered = session.offered + 1
  made[2] = made[2] + 1
  return wrk.format(
    "POST",
    "/registrations/" .. person.token .. "/bookings/" .. person.booking .. "/accept",
    {["Content-Type"] = "application/x-www-form-urlencoded", ["Cookie"] = cookie},
    "csrf_token=" .. csrf
  )
end

local function join(session)
  made[3] = made[3] + 1
  return wrk.format(
    "POST",
    "/api/v1/registrations",
    {["Content-Type"] = "application/json", ["Idempotency-Key"] = run .. "-" .. sent},
    string.format(
      '{"email":"famille.%s.%d@example.org","name":"Famille Durand-%d","locale":"fr","bookings":['
        .. '{"session_id":"%s","party":{"adults":1},"if_full":"waitlist"}]}',
      run, sent, sent, session.id
    )
  )
end

function request()
  sent = sent + 1
  local turn = math.floor((sent - 1) / 3)
  local session = sessions[turn % #sessions + 1]
  -- Half a round later, when the cancellation has long been answered.
  local earlier = sessions[(turn + math.floor(#sessions / 2)) % #sessions + 1]
  local kind = sent % 3
  if kind == 1 then return cancel(session) or join(session) end
  if kind == 2 then return accept(earlier) or join(session) end
  return join(session)
end

function response(status, headers, body)
  local token = status == 201 and body:match('/registrations/([%w_-]+)"')
  if token then
    local booking, session = body:match('"bookings":%[{"id":"([^"]+)","session_id":"([^"]+)"')
    by_id = by_id or {}
    if not by_id[session] then
      for _, each in ipairs(sessions) do by_id[each.id] = each end
    end
    table.insert(by_id[session].people, {token = token, booking = booking})
  end
end

function done(summary, latency)
  local all, kinds = 0, {0, 0, 0}
  for _, thread in ipairs(threads) do
    all = all + thread:get("sent")
    for kind, number in ipairs(thread:get("made")) do kinds[kind] = kinds[kind] + number end
  end
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  io.write(string.format(
    'RESULT {"answered":%d,"sent":%d,"failed":%d,"microseconds":%d,"percentiles":[%d,%d,%d],'
      .. '"kinds":[%d,%d,%d]}\n',
    summary.requests - errors.status, all, failed, summary.duration,
    latency:percentile(50), latency:percentile(95), latency:percentile(99),
    kinds[1], kinds[2], kinds[3]
  ))
end
