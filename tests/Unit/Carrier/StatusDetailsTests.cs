using System.Text.RegularExpressions;
using Serverless.Local.Carrier.Rules;

namespace Serverless.Tests.Unit.Carrier;

public partial class StatusDetailsTests
{
    [Fact]
    public void Every_failure_names_its_code_in_every_style()
    {
        foreach (var code in StatusDetails.FailureCodes)
        {
            for (var style = 0; style < 3; style++)
            {
                Assert.Equal($"{code}", FourDigits().Match(StatusDetails.Of(code, style, onOptOutList: false)).Value);
            }
        }
    }

    [Fact]
    public void Three_styles_are_in_use() =>
        Assert.Equal(["No error.", "ErrorCode: 2000. ErrorMessage: No Error", "2000: No Error"],
            Enumerable.Range(0, 3).Select(style => StatusDetails.Of(2000, style, onOptOutList: false)));

    [Fact]
    public void An_opt_out_may_be_told_without_a_code() =>
        Assert.Equal("Sender blocked for given recipient", StatusDetails.Of(4007, 0, onOptOutList: true));

    [Fact]
    public void A_text_that_arrived_in_part_is_told_without_a_code() =>
        Assert.DoesNotMatch(FourDigits(), StatusDetails.Of(StatusDetails.PartiallyDelivered, 1, onOptOutList: false));

    [GeneratedRegex("[0-9]{4}")]
    private static partial Regex FourDigits();
}
