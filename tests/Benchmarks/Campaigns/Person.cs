using System.Text;
using Serverless.Benchmarks.Messages;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>Somebody to whom a campaign goes.</summary>
internal readonly record struct Person(string To, string Name)
{
    /// <summary>People of whom no two have a number in common, in no order.</summary>
    public static Person[] Some(int count)
    {
        var people = Enumerable.Range(0, count).Select(i => new Person(People.Number(i), $"Person {i}")).ToArray();
        new Random(1).Shuffle(people);
        return people;
    }

    /// <summary>An upload of them.</summary>
    public static byte[] Csv(IEnumerable<Person> people)
    {
        var csv = new StringBuilder("to,name\n");
        foreach (var person in people) csv.Append(person.To).Append(',').Append(person.Name).Append('\n');
        return Encoding.UTF8.GetBytes(csv.ToString());
    }
}
