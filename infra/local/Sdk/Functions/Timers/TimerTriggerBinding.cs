using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Serverless.Local.Functions;

/// <summary>Functions that run on a schedule. <see cref="TimerService"/> sets them off.</summary>
internal sealed partial class TimerTriggerBinding(IConfiguration configuration) : ITriggerBinding
{
    private readonly List<(FunctionDescriptor Function, TimerSchedule Schedule)> _timers = [];

    public Type AttributeType => typeof(TimerTriggerAttribute);

    public string Type => "timerTrigger";

    public IReadOnlyList<(FunctionDescriptor Function, TimerSchedule Schedule)> Timers => _timers;

    public ParameterBinder Register(FunctionDescriptor function)
    {
        if (function.TriggerParameter.ParameterType != typeof(TimerInfo))
        {
            throw new FunctionIndexingException(function, $"a timer trigger fills a TimerInfo, not a {function.TriggerParameter.ParameterType.Name}.");
        }

        var expression = Resolve(((TimerTriggerAttribute)function.Trigger).Schedule, function);
        if (!TimerSchedule.TryParse(expression, out var schedule))
        {
            throw new FunctionIndexingException(function, $"'{expression}' is neither an NCRONTAB expression of five or six fields nor a time span.");
        }

        _timers.Add((function, schedule!));
        return static context => new(context.TriggerValue);
    }

    private string Resolve(string expression, FunctionDescriptor function) => SettingName().Replace(expression, match =>
    {
        var name = match.Groups[1].Value;
        return configuration[name.Replace("__", ":", StringComparison.Ordinal)]
            ?? throw new FunctionIndexingException(function, $"its schedule needs the setting '{name}', which is missing.");
    });

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex SettingName();
}
