-- wrk script: asks for the paths of a file in turn (each thread starts elsewhere), and prints one line of results.
-- usage: wrk -s paths.lua URL -- FILE
local started = 0
function setup(thread)
   started = started + 1
   thread:set("offset", started * 7919)
end

function init(args)
   requests = {}
   for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
   at = offset % #requests
end

function request()
   at = at + 1
   if at > #requests then at = 1 end
   return requests[at]
end

function done(summary, latency)
   local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
   io.write(string.format("RESULT %.0f %d %.3f %.3f %.3f %d\n",
      summary.requests / (summary.duration / 1e6), summary.requests,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3, errors))
end
