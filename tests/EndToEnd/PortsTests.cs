using Serverless.Local;

namespace Serverless.Tests.EndToEnd;

public sealed class PortsTests
{
    /// <summary>Of so many taken by chance, some would be the same.</summary>
    [Fact]
    public void A_port_is_chosen_for_one_system_only_although_nothing_listens_on_it_yet()
    {
        var ports = Enumerable.Range(0, 500).Select(_ => Ports.Choose(0)).ToList();

        Assert.Equal(ports.Count, ports.Distinct().Count());
    }
}
