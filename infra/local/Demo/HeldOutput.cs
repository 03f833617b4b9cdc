namespace Serverless.Local.Demo;

/// <summary>Holds back what is written to standard output and error until it is disposed.</summary>
internal sealed class HeldOutput : IDisposable
{
    private readonly (TextWriter Output, TextWriter Error) _real = (Console.Out, Console.Error);
    private readonly (StringWriter Output, StringWriter Error) _held = (new(), new());

    public HeldOutput()
    {
        Console.SetOut(_held.Output);
        Console.SetError(_held.Error);
    }

    public void Dispose()
    {
        Console.SetOut(_real.Output);
        Console.SetError(_real.Error);
        _real.Output.Write(_held.Output.ToString());
        _real.Error.Write(_held.Error.ToString());
        _held.Output.Dispose();
        _held.Error.Dispose();
    }
}
