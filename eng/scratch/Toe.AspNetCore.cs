#:sdk Microsoft.NET.Sdk.Web
#:package Toe.AspNetCore@*
#:package Toe.Emulated@*

using Toe;
using Toe.AspNetCore;
using Toe.Emulated;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddToe(toe => toe.AddEmulated()); // Which adapters; without any, the host stack.
builder.WebHost.UseToe(); // Kestrel listens through the stack.
builder.WebHost.UseUrls("http://127.0.0.1:0");

await using var app = builder.Build();
app.MapGet("/", (HttpContext context) => context.Features.Get<IToeConnectionFeature>()!.Connection.Placement.AdapterId ?? "the host stack");
await app.StartAsync();

using var handler = new SocketsHttpHandler();
handler.UseToe(app.Services.GetRequiredService<IToeStack>());
using var client = new HttpClient(handler);
Console.WriteLine(await client.GetStringAsync(app.Urls.First())); // emulated:fabric
await app.StopAsync();
