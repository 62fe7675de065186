using System.Net;
using System.Net.Sockets;
using System.Text;
using Acme;
using Microsoft.Extensions.DependencyInjection;
using Toe;
using Toe.Conformance;

// Usage: dotnet run [--project samples/CustomProvider] [FOLDER]; the reports are written to the folder.
await using var services = new ServiceCollection().AddToe(static toe => toe.AddAcme()).BuildServiceProvider();
if (!await TalkAsync(services.GetRequiredService<IToeStack>()))
    return 1;

var report = await ConformanceKit.RunAsync(new AcmeFixture());
foreach (var result in report.Results.Where(static result => result.Outcome != Outcome.Pass))
    Console.WriteLine($"{result.Outcome,-13} {result.Requirement.Id} {result.Detail}");
Console.WriteLine(report);
Console.WriteLine(report.IsGood ? "the kit passes" : $"the kit does NOT pass {report.Subject.Missing}");
foreach (var folder in args)
{
    Directory.CreateDirectory(folder);
    File.WriteAllText(Path.Combine(folder, "conformance.json"), ReportWriter.Write(report, ReportFormat.Json));
    File.WriteAllText(Path.Combine(folder, "conformance.md"), ReportWriter.Write(report, ReportFormat.Markdown));
    File.WriteAllText(Path.Combine(folder, "conformance.html"), ReportWriter.Write(report, ReportFormat.Html));
}

return report.IsGood ? 0 : 1;

// One connection as an application makes it, to an echo server that knows nothing of cards.
static async Task<bool> TalkAsync(IToeStack stack)
{
    using var server = new TcpListener(IPAddress.Loopback, 0);
    server.Start();
    var echoing = EchoAsync(server);
    await using (var connection = await stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint)))
    {
        await connection.SendAsync(Encoding.UTF8.GetBytes("hello"));
        await connection.CompleteSendingAsync();
        using var reader = new StreamReader(connection.AsStream());
        Console.WriteLine($"{await reader.ReadToEndAsync()} from {connection.Placement}");
        if (connection.Placement.AdapterId == "acme:0")
        {
            await echoing;
            return true;
        }

        Console.WriteLine(connection.Trace);
        return false;
    }
}

static async Task EchoAsync(TcpListener server)
{
    using var client = await server.AcceptTcpClientAsync();
    await client.GetStream().CopyToAsync(client.GetStream());
}
