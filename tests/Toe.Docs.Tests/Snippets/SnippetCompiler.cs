using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Toe.Docs.Tests;

/// <summary>Compiles a block as a file of a program that refers to the SDK and to ASP.NET Core, beside the declarations of the other blocks on its page.</summary>
internal static class SnippetCompiler
{
    /// <summary>What a reader has at the place of the block: the SDK's own implicit usings, those of the packages, and the variables that the text around it speaks of.</summary>
    private const string Given = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net;
        global using System.Net.Http;
        global using System.Net.Sockets;
        global using System.Text;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Grpc.Net.Client;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        global using Toe;
        global using Toe.AspNetCore;
        global using Toe.Chelsio;
        global using Toe.Conformance;
        global using Toe.Conformance.Xunit;
        global using Toe.Emulated;
        global using Toe.Emulated.Links;
        global using Toe.Iwarp.Siw;
        global using Toe.Linux;
        global using Toe.QLogic;
        global using Xunit.Sdk;
        global using Xunit.v3;
        global using static Given;

        internal static class Given
        {
            public static WebApplicationBuilder builder => null!;
            public static WebApplication app => null!;
            public static IServiceCollection services => null!;
            public static IToeStack stack => null!;
            public static ToeConnection connection => null!;
            public static TcpListener server => null!;
            public static CancellationToken cancellationToken => default;
        }

        public sealed class AcmeFixture : ConformanceFixture
        {
            public override string Substrate => "the reader's own";
            public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => new(new HostSocketProvider());
            public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) => throw new NotSupportedException();
        }
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    private static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The compiler's errors.</summary>
    public static IEnumerable<string> Errors(Snippet snippet, IEnumerable<Snippet> others) => Compile(snippet, others)
        .GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(static diagnostic => diagnostic.ToString());

    /// <summary>Makes a program of the block.</summary>
    public static Assembly Load(Snippet snippet)
    {
        using var image = new MemoryStream();
        Assert.True(Compile(snippet, []).Emit(image).Success);
        return Assembly.Load(image.ToArray());
    }

    private static CSharpCompilation Compile(Snippet snippet, IEnumerable<Snippet> others)
    {
        var file = Parse(snippet);
        SyntaxTree[] files = [CSharpSyntaxTree.ParseText(Given, Parsing), file, .. others.Select(Parse).Where(static tree => !IsProgram(tree))];
        var kind = IsProgram(file) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        return CSharpCompilation.Create("snippet", files, References, new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
    }

    private static SyntaxTree Parse(Snippet snippet) => CSharpSyntaxTree.ParseText(snippet.Code, Parsing, snippet.ToString());

    private static bool IsProgram(SyntaxTree tree) => tree.GetCompilationUnitRoot().Members.Any(static member => member is GlobalStatementSyntax);
}
