using Serverless.Contacts;

namespace Serverless.Benchmarks.Messages;

/// <summary>Numbers of different people, over all area codes.</summary>
internal static class People
{
    private static readonly string[] s_areas = [.. AreaCode.All.Where(area => area.CanBeTexted && !area.IsTollFree).Select(area => area.Code)];

    public static string Number(int index) => $"+1{s_areas[index % s_areas.Length]}{221 + index / s_areas.Length % 80}{2000 + index / s_areas.Length / 80 % 8000}";
}
