using FsCheck;
using FsCheck.Fluent;
using Serverless.Local.Carrier.Rules;

namespace Serverless.Tests.Unit.Carrier;

public class NumberRulesTests
{
    [Theory]
    [InlineData("+14255550100")]
    [InlineData("+14255550199")]
    [InlineData("+14255551234")]
    [InlineData("+14252224006")]
    [InlineData("+14255540400")]
    [InlineData("+4755540060")]
    public void A_number_without_a_meaning_is_delivered(string to)
    {
        Assert.Equal(Refusal.None, NumberRules.RefusalOf(to, 0));
        Assert.Equal([new PlannedReport(2000)], NumberRules.ReportsOf(to, 1));
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(4001)]
    [InlineData(4002)]
    [InlineData(4003)]
    [InlineData(4004)]
    [InlineData(4005)]
    [InlineData(4006)]
    [InlineData(4007)]
    [InlineData(4008)]
    [InlineData(4009)]
    [InlineData(4010)]
    [InlineData(4020)]
    [InlineData(5000)]
    [InlineData(5001)]
    [InlineData(5002)]
    [InlineData(9999)]
    public void A_code_is_reported_every_time(int code)
    {
        foreach (var attempt in (int[])[1, 2, 500]) Assert.Equal([new PlannedReport(code)], NumberRules.ReportsOf($"+1604555{code}", attempt));
    }

    [Theory]
    [InlineData("4600", 1, 2000)]
    [InlineData("4601", 1, 4006)]
    [InlineData("4601", 2, 2000)]
    [InlineData("4699", 99, 4006)]
    [InlineData("4699", 100, 2000)]
    [InlineData("4700", 1, 4004)]
    [InlineData("4702", 2, 4006)]
    [InlineData("4702", 3, 4004)]
    [InlineData("4702", 9, 4004)]
    [InlineData("5100", 1, 2000)]
    [InlineData("5103", 3, 5001)]
    [InlineData("5103", 4, 2000)]
    public void Some_numbers_change_their_mind_after_so_many_attempts(string line, int attempt, int code) =>
        Assert.Equal([new PlannedReport(code)], NumberRules.ReportsOf($"+1604555{line}", attempt));

    [Fact]
    public void The_counted_numbers_are_those_whose_answer_changes()
    {
        var line = ArbMap.Default.ArbFor<ushort>().Filter(number => number < 10_000).Generator;
        var attempt = Gen.Choose(1, 120);
        Prop.ForAll(Arb.From(Gen.Zip(line, attempt)), pair =>
        {
            var to = $"+1604555{pair.Item1:D4}";
            var changes = NumberRules.ReportsOf(to, pair.Item2) != NumberRules.ReportsOf(to, pair.Item2 + 1)
                || NumberRules.RefusalOf(to, 0) != NumberRules.RefusalOf(to, 1);
            return !changes || NumberRules.CountsTries(to);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("0400", 0, Refusal.InvalidNumber)]
    [InlineData("0400", 5, Refusal.InvalidNumber)]
    [InlineData("0401", 0, Refusal.CouldNotBeCreated)]
    [InlineData("0401", 5, Refusal.CouldNotBeCreated)]
    [InlineData("0503", 0, Refusal.Unavailable)]
    [InlineData("0503", 1, Refusal.None)]
    public void Some_numbers_are_refused(string line, int earlierTries, object refusal) =>
        Assert.Equal(refusal, NumberRules.RefusalOf($"+1604555{line}", earlierTries));

    [Fact]
    public void Some_numbers_report_in_their_own_way()
    {
        Assert.Empty(NumberRules.ReportsOf("+16045550001", 1));
        Assert.Equal([new PlannedReport(2000) { Copies = 2 }], NumberRules.ReportsOf("+16045550002", 1));
        Assert.Equal([new PlannedReport(2000) { OvertakesAnswer = true }], NumberRules.ReportsOf("+16045550003", 1));
        Assert.Equal([2000, 4006], NumberRules.ReportsOf("+16045550004", 1).Select(report => report.Code));
        Assert.Equal([new PlannedReport(2000) { After = TimeSpan.FromSeconds(30) }], NumberRules.ReportsOf("+16045550005", 1));
        Assert.Equal([new PlannedReport(2000) { IsPushed = false }], NumberRules.ReportsOf("+16045550006", 1));
        Assert.True(Assert.Single(NumberRules.ReportsOf("+16045553009", 1)) is { IsPartial: true, IsDelivered: false });
    }
}
