using Serverless.Local.Carrier.Rules;

namespace Serverless.Local.Carrier.Records;

/// <summary>A report that has come into being, pushed or not.</summary>
internal sealed record MadeReport(PlannedReport Plan, DateTimeOffset At);
