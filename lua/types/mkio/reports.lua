---@meta
--- What requests and answers are made of.
--- Made by tests/types.lua from the contract; not to be edited.

---@class mkio.api.CustomerUsageDataJsonSchema
---@field supplemental mkio.api.SupplementalData  read-only
---@field value mkio.api.MeterData[]  read-only

---@class mkio.api.CustomerUsageQueryData
---@field download? boolean
---@field endDate string  date
---@field filterOnReportedDate? boolean
---@field format? "json"|"csv"
---@field granularity? "year"|"month"|"week"|"day"|"hour"
---@field groupBy? string[]
---@field meterNames? string[]
---@field paymentMethodIds? string[]
---@field projectNames? string[]
---@field startDate string  date

---@class mkio.api.MeterData
---@field cost string  read-only
---@field currency string  read-only
---@field date string  date-time, read-only
---@field dateProcessed? string|mkio.api.null  date-time, read-only
---@field entitlement? string|mkio.api.null  uuid, read-only
---@field entitlementType? string|mkio.api.null  read-only
---@field family? string  read-only
---@field meterName string  read-only
---@field meterSku? string|mkio.api.null  read-only
---@field paymentMethod? string  uuid, read-only
---@field paymentMethodName? string|mkio.api.null  read-only
---@field price? number  read-only
---@field project? string  read-only
---@field quantity number  read-only
---@field solution? string  read-only
---@field unit? string|mkio.api.null  read-only

---@class mkio.api.ProjectUsageReportMeterData
---@field family string  read-only
---@field meterName string  read-only
---@field quantity number  read-only
---@field solution string  read-only
---@field unit string  read-only

---@class mkio.api.ProjectUsageReportSchema
---@field supplemental mkio.api.ProjectUsageReportSupplementalData  read-only
---@field value mkio.api.ProjectUsageReportMeterData[]  read-only

---@class mkio.api.ProjectUsageReportSupplementalData
---@field ["end"] string  read-only
---@field project string  read-only
---@field records integer  read-only
---@field start string  read-only

---@class mkio.api.SupplementalData
---@field download boolean  read-only
---@field ["end"] string  date, read-only
---@field filters mkio.api.SupplementalFiltersData  read-only
---@field format string  read-only
---@field granularity string  read-only
---@field groupBy string[]  read-only
---@field records integer  read-only
---@field start string  date, read-only

---@class mkio.api.SupplementalFiltersData
---@field meterNames string[]  read-only
---@field paymentMethodIds string[]  read-only
---@field projectNames string[]  read-only
