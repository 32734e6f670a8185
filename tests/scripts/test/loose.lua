--- A file whose main part fails after its tests.

it("stands outside of a block", function() end)

error "at the end"
