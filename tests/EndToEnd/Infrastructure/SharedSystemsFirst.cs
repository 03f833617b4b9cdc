using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Serverless.Tests.EndToEnd.SharedSystemsFirst", "Serverless.Tests.EndToEnd")]

namespace Serverless.Tests.EndToEnd;

/// <summary>Starts the groups of classes that share a system before all others: one test after the other, they take the longest.</summary>
public sealed class SharedSystemsFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection => collection.CollectionDefinition is not null);
}
