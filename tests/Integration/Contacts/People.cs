using Serverless.Contacts;

namespace Serverless.Tests.Integration.Contacts;

/// <summary>Contacts for tests.</summary>
internal static class People
{
    public static Contact Named(string name, params string[] numbers) => new()
    {
        Id = Guid.NewGuid().ToString("n"),
        Name = name,
        Numbers = [.. numbers.Select((number, index) => new ContactNumber(PhoneNumber.Parse(number), null, index == 0) { Since = ManualTime.Start })],
        CreatedAt = ManualTime.Start,
        UpdatedAt = ManualTime.Start,
    };
}
