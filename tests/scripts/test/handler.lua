--- An output handler for busted: the outcomes as lines of JSON.

local json = require "dkjson"

return function()
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()

  local function tell(status, element, message)
    print(json.encode { status = status, name = handler.getFullName(element),
      line = element.trace and element.trace.currentline, message = message })
    return nil, true
  end

  busted.subscribe({ "test", "end" }, function(element, _, status)
    if status == "success" or status == "pending" then tell(status, element) end
    return nil, true
  end)
  busted.subscribe({ "failure" }, function(element, _, message)
    return tell("failure", element, message)
  end)
  busted.subscribe({ "error" }, function(element, _, message)
    return tell("error", element, message)
  end)
  return handler
end
