using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Local.Functions;

namespace Serverless.Tests.Unit.Sdk.Functions;

public sealed class HostJsonTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly ConfigurationManager _configuration = new();

    [Fact]
    public void Extensions_have_their_sections()
    {
        Write("host.json", """{"version":"2.0","extensions":{"http":{"routePrefix":"v1"},"durableTask":{"hubName":"Hub"}}}""");

        HostJson.Load(_configuration, _folder.FullName);

        Assert.Equal("v1", HostJson.Extension(_configuration, "http")["routePrefix"]);
        Assert.Equal("Hub", HostJson.Extension(_configuration, "durableTask")["hubName"]);
    }

    [Fact]
    public void What_was_configured_otherwise_wins_over_the_files()
    {
        Write("host.json", """{"extensions":{"http":{"routePrefix":"v1"}}}""");
        Write("local.settings.json", """{"IsEncrypted":false,"Values":{"Sms__From":"file","FUNCTIONS_KEY":"file"}}""");
        _configuration.AddInMemoryCollection([new("AzureFunctionsJobHost:extensions:http:routePrefix", "v2"), new("FUNCTIONS_KEY", "environment")]);

        HostJson.Load(_configuration, _folder.FullName);

        Assert.Equal("v2", HostJson.Extension(_configuration, "http")["routePrefix"]);
        Assert.Equal("environment", _configuration["FUNCTIONS_KEY"]);
        Assert.Equal("file", _configuration["Sms:From"]);
        Assert.Null(_configuration["IsEncrypted"]);
    }

    [Fact]
    public void Without_files_nothing_is_set()
    {
        HostJson.Load(_configuration, _folder.FullName);

        Assert.Empty(_configuration.AsEnumerable());
        Assert.Null(HostJson.StorageConnectionString(_configuration));
    }

    [Fact]
    public void A_broken_file_is_named()
    {
        Write("host.json", "{");

        Assert.Contains("host.json", Assert.Throws<InvalidDataException>(() => HostJson.Load(_configuration, _folder.FullName)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Serverless.Messages", LogLevel.Debug, true)]
    [InlineData("Azure.Core.Pipeline", LogLevel.Information, false)]
    [InlineData("Azure.Core.Pipeline", LogLevel.Warning, true)]
    [InlineData("Other", LogLevel.Information, false)]
    [InlineData("Other", LogLevel.Error, true)]
    public void Log_levels_filter_by_category(string category, LogLevel level, bool isLogged)
    {
        Write("host.json", """{"logging":{"logLevel":{"default":"Error","Serverless":"Debug","Azure.Core":"Warning"}}}""");
        HostJson.Load(_configuration, _folder.FullName);
        using var services = new ServiceCollection().AddLogging(logging =>
        {
            HostJson.AddFilters(logging, _configuration);
            logging.AddProvider(new AlwaysOn());
        }).BuildServiceProvider();

        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

        Assert.Equal(isLogged, logger.IsEnabled(level));
    }

    [Fact]
    public void A_level_that_is_none_is_refused()
    {
        Write("host.json", """{"logging":{"logLevel":{"default":"Loud"}}}""");
        HostJson.Load(_configuration, _folder.FullName);

        var refusal = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddLogging(logging => HostJson.AddFilters(logging, _configuration)));

        Assert.Contains("Loud", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _configuration.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Write(string file, string json) => File.WriteAllText(Path.Combine(_folder.FullName, file), json);

    private sealed class AlwaysOn : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }
    }
}
