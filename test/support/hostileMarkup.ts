/** What would become an element of its own, and run or load something, wherever a text is taken for markup. */
const elements = [
  '<img data-hostile src=x onerror="document.title=1">',
  "<script data-hostile>document.title = 1</script>",
  '<script data-hostile src="//evil.test/a.js"></script>',
  "<iframe data-hostile src=//evil.test></iframe>",
  '<iframe data-hostile srcdoc="<script>parent.document.title=1</script>"></iframe>',
  "<style data-hostile>* { display: none }</style>",
  '<link data-hostile rel=stylesheet href="//evil.test/a.css">',
  '<base data-hostile href="//evil.test/">',
  '<meta data-hostile http-equiv=refresh content="0; url=//evil.test">',
  '<a data-hostile href="javascript:document.title=1">press</a>',
  '<a data-hostile href="command:workbench.action.quit">press</a>',
  "<svg data-hostile onload=document.title=1>",
  '<svg data-hostile><animate onbegin="document.title=1" attributeName=x dur=1s></svg>',
  '<math data-hostile><maction xlink:href="javascript:document.title=1">x</maction></math>',
  '<object data-hostile data="//evil.test"></object>',
  '<embed data-hostile src="//evil.test">',
  '<form data-hostile action="//evil.test"><button formaction="javascript:document.title=1">x</button></form>',
  "<input data-hostile autofocus onfocus=document.title=1>",
  "<details data-hostile open ontoggle=document.title=1>x</details>",
  "<video data-hostile><source onerror=document.title=1></video>",
  '<audio data-hostile src="//evil.test" onerror=document.title=1></audio>',
  "<body data-hostile onload=document.title=1>",
  "<marquee data-hostile onstart=document.title=1>x</marquee>",
  "<x-y data-hostile onclick=document.title=1>x</x-y>",
];

/** What ends the place in which the text might stand. */
const ways = ["", '">', "'>", "</span></div>", "</script>", "</title></textarea>", "--> ", "]]> "];

/** What is something else than text in attributes, templates, links and entities. */
const others = [
  "javascript:document.title=1",
  "command:workbench.action.quit",
  "[text](command:workbench.action.quit)",
  "![image](//evil.test/a.png)",
  "$(trash) {{constructor.constructor('document.title=1')()}} ${document.title=1}",
  "&lt;b data-hostile&gt; &#60;b data-hostile&#62; &amp;nbsp;",
  '" data-hostile onmouseover="document.title=1" x="',
  "' data-hostile onfocus='document.title=1' autofocus='",
  "<!-- --><![CDATA[ ]]><b data-hostile>bold</b>",
  "__proto__",
  "constructor",
  "\\u003cb data-hostile\\u003e",
  "x".repeat(5_000),
];

/**
 * Texts that are markup, scripts, styles, links or entities somewhere, and on a page of ours nothing but text:
 * whatever becomes an element has the attribute `data-hostile`, whatever runs sets the document's title to 1, and
 * whatever is loaded comes from evil.test.
 */
export const hostileMarkup: readonly string[] = [
  ...elements.flatMap((element) => ways.map((way) => `${way}${element}`)),
  ...others,
];
