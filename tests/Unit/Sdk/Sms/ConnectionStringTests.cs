using Serverless.Local.Sms;

namespace Serverless.Tests.Unit.Sdk.Sms;

public class ConnectionStringTests
{
    [Theory]
    [InlineData("endpoint=https://a.example/;accesskey=a2V5MQ==")]
    [InlineData("Endpoint=https://a.example;AccessKey=a2V5MQ==;")]
    [InlineData(" accessKey = a2V5MQ== ; ENDPOINT = https://a.example ")]
    public void Names_come_in_any_case_and_a_key_keeps_its_padding(string connectionString)
    {
        var parsed = ConnectionString.Parse(connectionString);

        Assert.Equal(("a.example", "a2V5MQ=="), (parsed.Endpoint.Host, parsed.AccessKey));
    }

    [Theory]
    [InlineData("endpoint=https://a.example/")]
    [InlineData("accesskey=a2V5MQ==")]
    [InlineData("endpoint=https://a.example/;accesskey=")]
    [InlineData("endpoint=a.example;accesskey=a2V5MQ==")]
    [InlineData("nonsense")]
    public void A_missing_or_wrong_part_is_told(string connectionString) =>
        Assert.Throws<InvalidOperationException>(() => ConnectionString.Parse(connectionString));
}
