using System.Reflection;
using Serverless.Local.DurableTask;
using Serverless.Local.Functions;
using Serverless.Local.Sms;
using Serverless.Local.Tables;

namespace Serverless.Tests.Unit.Sdk.Contract;

/// <summary>Whatever is public in the local SDK is public in the packages that it stands for, to the letter: what compiles here compiles there.</summary>
public sealed class LocalSdkTests
{
    [Fact]
    public void Functions_has_only_what_the_worker_has() => AssertKept(typeof(FunctionAttribute).Assembly, "Functions.txt", annotated: true);

    [Fact]
    public void DurableTask_has_only_what_Durable_Functions_has() => AssertKept(typeof(TaskOrchestrationContext).Assembly, "DurableTask.txt", annotated: true);

    [Fact]
    public void Tables_has_only_what_Azure_Data_Tables_has() => AssertKept(typeof(TableClient).Assembly, "Tables.txt", annotated: false);

    [Fact]
    public void Sms_has_only_what_Azure_Communication_Sms_has() => AssertKept(typeof(SmsClient).Assembly, "Sms.txt", annotated: false);

    private static void AssertKept(Assembly assembly, string list, bool annotated)
    {
        var types = assembly.GetExportedTypes();
        var breaches = new SdkContract(SignatureList.Load(list), annotated).Breaches(types);

        Assert.NotEmpty(types);
        Assert.True(breaches.Count is 0, $"{assembly.GetName().Name} differs from {list}:\n{string.Join("\n", breaches)}");
    }
}
