using Serverless.Local.Carrier.Rules;

namespace Serverless.Tests.Unit.Carrier;

public class CarrierNumberTests
{
    [Theory]
    [InlineData("+14255550123", true)]
    [InlineData("+4791234567", true)]
    [InlineData("+1425555", false)]
    [InlineData("+142555501234", false)]
    [InlineData("+10255550123", false)]
    [InlineData("+14251550123", false)]
    [InlineData("14255550123", false)]
    [InlineData("+1425555012x", false)]
    [InlineData("+1425555012٣", false)]
    [InlineData("+04255550123", false)]
    [InlineData("+", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_recipient_is_a_whole_number(string? number, bool isRecipient) => Assert.Equal(isRecipient, CarrierNumber.IsRecipient(number));

    [Theory]
    [InlineData("12345", true)]
    [InlineData("123456", true)]
    [InlineData("1234", false)]
    [InlineData("12a45", false)]
    public void A_sender_may_be_a_short_code(string number, bool isSender) => Assert.Equal(isSender, CarrierNumber.IsSender(number));
}
