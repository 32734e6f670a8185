--- The kinds of events that a webhook rule may ask for.  `mkio.schema` uses
--- this list to check webhook rules.
-- SPDX-License-Identifier: MIT

return {
  "MediaKind.JobStarted", "MediaKind.JobFinished",
  "MediaKind.StreamingLocatorCreated",
  "MediaKind.ChannelInstanceStarted", "MediaKind.ChannelInstanceStopped",
  "MediaKind.ChannelInstanceError",
  -- The service sends these events only if scheduling is switched on.
  "MediaKind.ScheduledOperationAccepted",
  "MediaKind.ScheduledOperationCompleted",
  "MediaKind.ScheduledOperationError", "MediaKind.ScheduledOperationOngoing",
}
