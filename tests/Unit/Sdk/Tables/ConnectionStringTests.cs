using Serverless.Local.Tables;

namespace Serverless.Tests.Unit.Sdk.Tables;

public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1", "devstoreaccount1")]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite", "http://azurite:10002/devstoreaccount1", "devstoreaccount1")]
    [InlineData("AccountName=me;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/me", "http://127.0.0.1:1/me", "me")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=me;AccountKey=a2V5;EndpointSuffix=core.windows.net", "https://me.table.core.windows.net/", "me")]
    [InlineData("accountname=me; accountkey=a2V5; endpointsuffix=core.chinacloudapi.cn", "https://me.table.core.chinacloudapi.cn/", "me")]
    public void It_leads_to_the_table_service(string connectionString, string uri, string account)
    {
        var client = new TableServiceClient(connectionString);

        Assert.Equal((uri, account), (client.Uri.AbsoluteUri, client.AccountName));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AccountName=me")]
    [InlineData("AccountName=me;AccountKey=***")]
    [InlineData("AccountName=me;AccountKey=a2V5;TableEndpoint=nowhere")]
    [InlineData("UseDevelopmentStorage=false")]
    public void What_leads_nowhere_is_refused(string connectionString) =>
        Assert.Throws<FormatException>(() => new TableClient(connectionString, "orders"));

    [Fact]
    public void A_table_is_below_its_account()
    {
        var table = new TableServiceClient("UseDevelopmentStorage=true").GetTableClient("orders");

        Assert.Equal(("orders", "devstoreaccount1", "http://127.0.0.1:10002/devstoreaccount1/orders"), (table.Name, table.AccountName, table.Uri.AbsoluteUri));
    }
}
