--- The kinds of events that a webhook rule may ask for.  `mkio.schema` and the
--- model of the API use this list.
-- SPDX-License-Identifier: MIT

return {
  "MediaKind.JobStarted", "MediaKind.JobFinished",
  "MediaKind.StreamingLocatorCreated",
  "MediaKind.ChannelInstanceStarted", "MediaKind.ChannelInstanceStopped",
  "MediaKind.ChannelInstanceError",
  -- only where scheduling is on:
  "MediaKind.ScheduledOperationAccepted",
  "MediaKind.ScheduledOperationCompleted",
  "MediaKind.ScheduledOperationError", "MediaKind.ScheduledOperationOngoing",
}
