if not os.getenv "MKRUN_TEST_SERVERS" then return end
describe("servers", function()
  for _, name in ipairs { "rabbitmq", "powerdns" } do
    it("starts " .. name, function()
      local kind = require("tests.servers." .. name)
      assert(not kind.lacks(), kind.lacks())
      local s = kind.start()
      print(s:state())
      s:stop()
    end)
  end
end)
