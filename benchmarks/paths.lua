-- What wrk sends: a GET of each address in turn. Arguments: an entity tag, or "-" for none; the addresses.

function init(args)
  if args[1] ~= "-" then
    wrk.headers["If-None-Match"] = args[1]
  end
  wrk.headers["Accept-Language"] = "fr"
  paths = {}
  for index = 2, #args do
    paths[index - 1] = args[index]
  end
  sent = 0
end

function request()
  sent = sent + 1
  return wrk.format("GET", paths[(sent - 1) % #paths + 1])
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  print(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"failed":%d,"p99_microseconds":%d}',
    summary.requests, summary.duration, failed, latency:percentile(99)
  ))
end
